import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { RequestError, tryRun, type Context } from '@pinbench/host';
import { gitEnvironment } from './git-environment.ts';

/** A line such as `Fixes: d475c6346a38 ("vfio/type1: …")` at the end of a commit message. */
export type Trailer = { key: string; value: string };

/** A mail with a patch in it, decoded: what was wrapped up by MIME is plain text in `diff`. */
type PatchMail = {
  /** Without its `[PATCH …]` tag. */
  subject: string;
  author: string;
  trailers: Trailer[];
  /** Its place in a series, from `[PATCH v3 2/5]`. */
  number: { at: number; of: number } | undefined;
  /** A file that holds the diff and nothing else. */
  diff: string;
};

/** True for what begins like a mail or an mbox and not like a diff. */
export function looksLikeMail(text: string): boolean {
  const [head = ''] = text.split(/\r?\n\r?\n/, 1);
  return /^(From|Subject): /im.test(head) && !/^(diff |--- |Index: )/m.test(head);
}

/**
 * The patches in a mail or an mbox, as git am would read them (git mailsplit and mailinfo: MIME, encodings, CRLF).
 * Messages without a diff, such as cover letters and replies, are left out.
 * @throws RequestError when git can make nothing of it.
 */
export async function readMails(context: Context, file: string): Promise<PatchMail[]> {
  const folder = await mkdtemp(path.join(context.scratch, 'mail-'));
  const split = await git(context, ['mailsplit', '-b', `-o${folder}`, path.resolve(file)]);
  if (split.exitCode !== 0) {
    throw new RequestError(`${file} cannot be read as mail: ${split.stderr}`, {
      hint: 'save the mail as it was sent (raw), or use b4 am',
    });
  }
  const names = (await readdir(folder)).sort();
  const mails = await Promise.all(names.map((name) => readMail(context, path.join(folder, name))));
  return inOrder(
    mails.filter((mail) => mail !== undefined),
    file,
  );
}

async function readMail(context: Context, file: string): Promise<PatchMail | undefined> {
  const [message, diff] = [`${file}.message`, `${file}.diff`];
  const info = await git(
    context,
    ['mailinfo', '-k', '--encoding=UTF-8', '--quoted-cr=strip', message, diff],
    await readFile(file),
  );
  if (info.exitCode !== 0 || !/^(diff |--- )/m.test(await readFile(diff, 'utf8'))) return undefined;
  const field = (name: string): string =>
    new RegExp(`^${name}: (.*)$`, 'm').exec(info.stdout)?.[1] ?? '';
  const subject = field('Subject');
  return {
    subject: withoutTag(subject),
    author: `${field('Author')} <${field('Email')}>`,
    trailers: await readTrailers(context, await readFile(message, 'utf8')),
    number: numberIn(subject),
    diff,
  };
}

async function readTrailers(context: Context, message: string): Promise<Trailer[]> {
  // git wants a subject before a body to look for trailers in.
  const found = await git(context, ['interpret-trailers', '--parse'], `subject\n\n${message}`);
  return found.stdout.split('\n').flatMap((line) => {
    const [, key, value] = /^([\w-]+): (.*)$/.exec(line) ?? [];
    return key === undefined || value === undefined ? [] : [{ key, value }];
  });
}

/** A subject without `[PATCH …]` and `Re:`. */
export const withoutTag = (subject: string): string =>
  subject.replace(/^(Re: )?(\[[^\]]*\]\s*)*/i, '').trim();

/** The place in a series that a subject names. */
export function numberIn(subject: string): PatchMail['number'] {
  const [, at, of] = /^[^\]]*\[[^\]]*?\b(\d+)\/(\d+)\s*\]/.exec(subject) ?? [];
  return at === undefined || of === undefined ? undefined : { at: Number(at), of: Number(of) };
}

/**
 * Sorts a series by its numbers; an mbox has its mails in the order in which they came.
 * @throws RequestError when a patch of the series is missing.
 */
function inOrder(mails: readonly PatchMail[], file: string): PatchMail[] {
  const of = mails[0]?.number?.of;
  if (mails.length < 2 || of === undefined || mails.some((mail) => mail.number?.of !== of)) {
    return [...mails];
  }
  const sorted = mails.toSorted((a, b) => (a.number?.at ?? 0) - (b.number?.at ?? 0));
  const missing = Array.from({ length: of }, (_, index) => index + 1).filter(
    (at) => !sorted.some((mail) => mail.number?.at === at),
  );
  if (missing.length === 0) return sorted;
  throw new RequestError(
    `${file} is a series of ${of} patches, and ${missing.map((at) => `${at}/${of}`).join(', ')} is not in it`,
    { hint: 'give the whole series, or the patches you want one by one with --patch' },
  );
}

const git = (context: Context, args: readonly string[], input?: string | Uint8Array) =>
  tryRun('git', args, {
    cwd: context.scratch,
    signal: context.signal,
    env: gitEnvironment,
    ...(input !== undefined && { input }),
  });
