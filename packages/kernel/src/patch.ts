import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { RequestError, type Context } from '@pinbench/host';
import parseDiff from 'parse-diff';
import { gitApply } from './git-apply.ts';
import { filesOf, isAllCrLf, readText, withLf, type InputFile } from './patch-file.ts';
import { looksLikeMail, readMails, type Trailer } from './mail.ts';

/** A patch: its changes to any number of files, not yet held against a tree. */
export type Patch = {
  /** What the user gave: for a series the same for all of its patches. */
  file: string;
  subject: string;
  author?: string;
  trailers: Trailer[];
  /** Of the diff. */
  sha256: string;
  /** Paths from the top of the kernel's source, in the patch's order; then those that files are moved away from. */
  touches: string[];
  text: string;
  /** A file that git can apply. */
  diff: string;
  /** What may have spoilt it on its way, to be told if it is damaged or does not apply. */
  suspect?: string;
};

/**
 * Reads patches in the order given: plain diffs, mails as git format-patch, b4 and mail programs save them, mboxes of a
 * whole series, folders of any of them (by name), and `-` for standard input.
 * @throws RequestError for what is not there, is empty, is no patch or reaches out of the tree.
 */
export async function readPatches(context: Context, inputs: readonly string[]): Promise<Patch[]> {
  const files = await Promise.all(inputs.map((input) => filesOf(context, input)));
  return (await Promise.all(files.flat().map((file) => readFilePatches(context, file)))).flat();
}

async function readFilePatches(context: Context, { name, place }: InputFile): Promise<Patch[]> {
  const text = await readText({ name, place });
  if (!looksLikeMail(text)) {
    const diff = isAllCrLf(text) ? await withLf(context, name, text) : place;
    return [await readDiff(context, name, diff, { subject: path.basename(name), trailers: [] })];
  }
  const mails = await readMails(context, { name, place });
  if (mails.length === 0) throw notAPatch(name, {});
  return Promise.all(
    mails.map(({ diff, subject, author, trailers, suspect }) =>
      readDiff(context, name, diff, {
        subject,
        trailers,
        ...(author !== undefined && { author }),
        ...(suspect !== undefined && { suspect }),
      }),
    ),
  );
}

async function readDiff(
  context: Context,
  file: string,
  diff: string,
  said: Pick<Patch, 'subject' | 'author' | 'trailers' | 'suspect'>,
): Promise<Patch> {
  const bytes = await readFile(diff);
  const text = bytes.toString('utf8');
  const list = async (...flags: string[]): Promise<Counted[]> => {
    const options = { cwd: context.scratch, signal: context.signal };
    const listing = await gitApply(['--numstat', '-z', ...flags, diff], options);
    if (listing.exitCode !== 0) throw notAPatch(file, { ...listing, ...said });
    return parseNumstat(listing.stdout);
  };
  // git lists a moved file by its new name, and in reverse by its old one.
  const counted = [...(await list()), ...(await list('--reverse'))];
  refuseUnsupported(file, text, counted);
  const touches = [...new Set(counted.map(({ path: touched }) => touched))];
  // git takes the first part off every path, the slash of an absolute one too: the diff's own words tell.
  const named = parseDiff(text).flatMap(({ from, to }) => [from, to]);
  for (const name of [...touches, ...named]) refuseEscape(file, name);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { file, ...said, sha256, touches, text, diff };
}

type Counted = { path: string; binary: boolean };

/** Reads `git apply --numstat -z`: added, deleted and path, parted by tabs; `-` for binary files. */
export const parseNumstat = (output: string): Counted[] =>
  output
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [added = '', , ...name] = entry.split('\t');
      return { path: name.join('\t'), binary: added === '-' };
    });

function refuseEscape(file: string, name: string | undefined): void {
  if (name === undefined || name === '/dev/null') return;
  if (!path.isAbsolute(name) && !name.split('/').includes('..')) return;
  throw new RequestError(`${file} reaches out of the kernel tree: ${name}`, {
    hint: 'a patch names files from the top of the kernel source, as git format-patch does',
  });
}

function refuseUnsupported(file: string, text: string, counted: readonly Counted[]): void {
  const binary = counted.find((each) => each.binary);
  if (binary)
    throw new RequestError(`${file} changes ${binary.path} as a binary file`, {
      hint: 'pinbench takes patches to source text',
    });
  if (/^(new file mode|new mode) 120000$/m.test(text))
    throw new RequestError(`${file} makes a symbolic link`, {
      hint: 'pinbench does not follow links out of the folders that a patch changes',
    });
}

/** git says `corrupt patch at line N` for one that was cut off or re-wrapped, and has several words for no patch. */
function notAPatch(
  file: string,
  { stderr = '', suspect }: { stderr?: string; suspect?: string },
): RequestError {
  const [, line] = /corrupt patch at (?:.*:)?(?:line )?(\d+)/.exec(stderr) ?? [];
  return line === undefined
    ? new RequestError(`${file} is not a patch`, {
        hint: suspect ?? 'give a file made with git format-patch or git diff',
      })
    : new RequestError(`${file} is damaged at line ${line}`, {
        hint:
          suspect ??
          'mail programs wrap lines and change tabs: save the mail as it was sent, or use b4',
      });
}
