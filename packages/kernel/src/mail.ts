import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { RequestError, tryRun, type Context, type Finished } from '@pinbench/host';
import { gitEnvironment } from './git-environment.ts';
import { inOrder, isReply, placeIn, withoutTag, type Place } from './series.ts';

/** A line such as `Fixes: d475c6346a38 ("vfio/type1: …")` at the end of a commit message. */
export type Trailer = { key: string; value: string };

/** A mail with a patch in it, decoded: what was wrapped up by MIME is plain text in `diff`. */
type PatchMail = {
  /** Without its `[PATCH …]` tag. */
  subject: string;
  author?: string;
  trailers: Trailer[];
  place: Place | undefined;
  reply: boolean;
  /** A file that holds the diff and nothing else. */
  diff: string;
  /** What was done to the mail that may have spoilt the patch, as a sentence for when it turns out to be. */
  suspect?: string;
};

/** True for what begins like a mail or an mbox and not like a diff. */
export function looksLikeMail(text: string): boolean {
  const [head = ''] = text.split(/\r?\n\r?\n/, 1);
  return /^(From|Subject): /im.test(head) && !/^(diff |--- |Index: )/m.test(head);
}

/**
 * The patches in a mail or an mbox, as git am would read them (git mailsplit and mailinfo: MIME, encodings, CRLF,
 * format=flowed). Messages without a diff, such as cover letters, are left out, and so are replies to the patches.
 * @param name what to call the file in messages
 * @throws RequestError when git can make nothing of it, or it is a series that is not whole.
 */
export async function readMails(
  context: Context,
  { name: file, place }: { name: string; place: string },
): Promise<PatchMail[]> {
  const folder = await mkdtemp(path.join(context.scratch, 'mail-'));
  const split = await git(context, ['mailsplit', '-b', `-o${folder}`, place]);
  if (split.exitCode !== 0) throw unreadable(file, split);
  const names = (await readdir(folder)).sort();
  const read = await Promise.all(
    names.map((name) => readMail(context, file, path.join(folder, name))),
  );
  const mails = read.filter((mail) => mail !== undefined);
  const patches = mails.some(({ reply }) => !reply) ? mails.filter(({ reply }) => !reply) : mails;
  for (const { subject } of mails.filter((mail) => !patches.includes(mail)))
    context.progress.note(`the diff in a reply to "${subject}" is left out`);
  return inOrder(patches, file);
}

async function readMail(
  context: Context,
  file: string,
  place: string,
): Promise<PatchMail | undefined> {
  const [message, diff] = [`${place}.message`, `${place}.diff`];
  const raw = await readFile(place);
  const info = await git(
    context,
    ['mailinfo', '-k', '--encoding=UTF-8', '--quoted-cr=strip', message, diff],
    raw,
  );
  if (info.exitCode !== 0) throw unreadable(file, info);
  if (!/^(diff --git |--- \S.*\n\+\+\+ )/m.test(await readFile(diff, 'utf8'))) return undefined;
  const field = (name: string): string =>
    new RegExp(`^${name}: (.*)$`, 'm').exec(info.stdout)?.[1] ?? '';
  const [subject, author] = [field('Subject'), field('Author')];
  const suspect = suspectIn(raw.toString('latin1'));
  return {
    subject: withoutTag(subject),
    ...(author !== '' && { author: `${author} <${field('Email')}>` }),
    trailers: await readTrailers(context, await readFile(message, 'utf8')),
    place: placeIn(subject),
    reply: isReply(subject),
    diff,
    ...(suspect !== undefined && { suspect }),
  };
}

/** git undoes format=flowed only as far as the sender's program kept to RFC 3676, and takes HTML for text. */
function suspectIn(raw: string): string | undefined {
  const types = [...raw.matchAll(/^content-type:.*(?:\r?\n[ \t].*)*/gim)].map(([type]) => type);
  if (types.some((type) => /format="?flowed/i.test(type)))
    return 'the mail was sent as format=flowed, so mail programs have re-wrapped its lines: ask for the patch as an attachment';
  if (types.some((type) => /text\/html/i.test(type)))
    return 'the mail holds its text a second time, as HTML: ask for it as plain text';
  return undefined;
}

async function readTrailers(context: Context, message: string): Promise<Trailer[]> {
  // git wants a subject before a body to look for trailers in.
  const found = await git(context, ['interpret-trailers', '--parse'], `subject\n\n${message}`);
  return found.stdout.split('\n').flatMap((line) => {
    const [, key, value] = /^([\w-]+): (.*)$/.exec(line) ?? [];
    return key === undefined || value === undefined ? [] : [{ key, value }];
  });
}

const unreadable = (file: string, { stderr }: Finished): RequestError =>
  new RequestError(`${file} cannot be read as mail`, {
    hint: 'save the mail as it was sent (raw), or use b4 am',
    detail: stderr.split('\n').filter((line) => line !== ''),
  });

const git = (
  context: Context,
  args: readonly string[],
  input?: string | Uint8Array,
): Promise<Finished> =>
  tryRun('git', args, {
    cwd: context.scratch,
    signal: context.signal,
    env: gitEnvironment,
    ...(input !== undefined && { input }),
  });
