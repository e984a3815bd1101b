import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { digest, RequestError, tryRun, type Context, type Finished } from '@pinbench/host';
import { gitEnvironment } from './git-environment.ts';
import { hasDiff, unwrap } from './mime.ts';
import type { InputFile } from './patch-file.ts';
import { isReply, placeIn, versionIn, withoutTag, type Place } from './series.ts';
import { readTrailers, upstreamIn, type Trailer } from './trailers.ts';

/** A mail with a patch in it, decoded: what was wrapped up by MIME is plain text in `diff`. */
export type PatchMail = {
  /** The file that holds it, as the user calls it. */
  file: string;
  /** Without its `[PATCH …]` tag. */
  subject: string;
  author?: string;
  trailers: Trailer[];
  upstream?: string;
  version: number;
  place: Place | undefined;
  reply: boolean;
  /** A file that holds the diff and nothing else. */
  diff: string;
  /** Of the diff: equal for copies of one mail. */
  digest: string;
  /** What was done to the mail that may have spoilt the patch, as a sentence for when it turns out to be. */
  suspect?: string;
};

/**
 * The patches in a mail or an mbox, as they stand, read as git am would (git mailsplit and mailinfo: MIME, encodings,
 * CRLF, format=flowed, scissors). Messages without a diff, such as cover letters, are left out.
 * @throws RequestError when git can make nothing of it.
 */
export async function readMails(
  context: Context,
  { name: file, place }: InputFile,
): Promise<PatchMail[]> {
  const folder = await mkdtemp(path.join(context.scratch, 'mail-'));
  const split = await git(context, ['mailsplit', '-b', `-o${folder}`, place]);
  if (split.exitCode !== 0) throw unreadable(file, split);
  const names = (await readdir(folder)).sort();
  const read = await Promise.all(
    names.map(async (name) => {
      const raw = await readFile(path.join(folder, name));
      const mails = await unwrap(raw);
      const tagged = await headerSubject(context, file, raw);
      const suspect = suspectIn(raw.toString('latin1'));
      return Promise.all(
        mails.map((mail, index) =>
          readMail(context, mail, {
            file,
            place: path.join(folder, `${name}.${index}`),
            reply: isReply(tagged),
            ...(mail === raw && { tagged }),
            ...(suspect !== undefined && { suspect }),
          }),
        ),
      );
    }),
  );
  return read.flat().filter((mail) => mail !== undefined);
}

type Circumstances = Pick<PatchMail, 'file' | 'reply' | 'suspect'> & {
  place: string;
  tagged?: string;
};

async function readMail(
  context: Context,
  raw: Buffer,
  { place, tagged, ...circumstances }: Circumstances,
): Promise<PatchMail | undefined> {
  const [message, diff] = [`${place}.message`, `${place}.diff`];
  const flags = ['-k', '--scissors', '--quoted-cr=strip'];
  const info = await git(context, ['mailinfo', ...flags, message, diff], raw);
  if (info.exitCode !== 0) throw unreadable(circumstances.file, info);
  const changes = await readFile(diff, 'utf8');
  if (!hasDiff(changes)) return undefined;
  const subject = tagged ?? (await headerSubject(context, circumstances.file, raw));
  const author = fieldOf(info, 'Author');
  const text = await readFile(message, 'utf8');
  const upstream = upstreamIn(text);
  return {
    ...circumstances,
    subject: withoutTag(fieldOf(info, 'Subject')),
    ...(author !== '' && { author: `${author} <${fieldOf(info, 'Email')}>` }),
    trailers: await readTrailers(context, text),
    ...(upstream !== undefined && { upstream }),
    version: versionIn(subject),
    place: placeIn(subject),
    diff,
    digest: digest(changes),
  };
}

/** The subject of the mail itself, decoded, where its text begins with another. */
async function headerSubject(context: Context, file: string, raw: Buffer): Promise<string> {
  const [head = ''] = raw.toString('latin1').split(/\r?\n\r?\n/, 1);
  const input = Buffer.from(`${head}\n\n`, 'latin1');
  const info = await git(
    context,
    ['mailinfo', '-k', '--no-inbody-headers', '/dev/null', '/dev/null'],
    input,
  );
  if (info.exitCode !== 0) throw unreadable(file, info);
  return fieldOf(info, 'Subject');
}

const fieldOf = ({ stdout }: Finished, name: string): string =>
  new RegExp(`^${name}: (.*)$`, 'm').exec(stdout)?.[1] ?? '';

/** git undoes format=flowed only as far as the sender's program kept to RFC 3676, and takes HTML for text. */
function suspectIn(raw: string): string | undefined {
  const types = [...raw.matchAll(/^content-type:.*(?:\r?\n[ \t].*)*/gim)].map(([type]) => type);
  if (types.some((type) => /format="?flowed/i.test(type)))
    return 'the mail was sent as format=flowed, so mail programs have re-wrapped its lines: ask for the patch as an attachment';
  const isPlain = types.length === 0 || types.some((type) => /text\/plain/i.test(type));
  if (!isPlain && types.some((type) => /text\/html/i.test(type)))
    return 'the mail holds its text as HTML only: ask for it as plain text';
  return undefined;
}

const unreadable = (file: string, { stderr }: Finished): RequestError =>
  new RequestError(`${file} cannot be read as mail`, {
    hint: 'save the mail as it was sent (raw), or use b4 am',
    detail: stderr.split('\n').filter((line) => line !== ''),
  });

const git = (context: Context, args: readonly string[], input?: Uint8Array): Promise<Finished> =>
  tryRun('git', args, {
    cwd: context.scratch,
    signal: context.signal,
    env: gitEnvironment,
    ...(input !== undefined && { input }),
  });
