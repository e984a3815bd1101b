import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { RequestError, type Context } from '@pinbench/host';
import parseDiff from 'parse-diff';
import { gitApply } from './git-apply.ts';
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

type InputFile = { name: string; place: string };

/** A folder's patches, standard input as a file, or the file itself. */
async function filesOf(context: Context, input: string): Promise<InputFile[]> {
  if (input === '-') {
    const place = path.join(context.scratch, 'standard-input');
    await writeFile(place, await buffer(process.stdin));
    return [{ name: 'standard input', place }];
  }
  const names = await readdir(input).catch(() => undefined);
  if (names === undefined) return [{ name: input, place: path.resolve(input) }];
  const patches = names.filter((name) => /\.(patch|diff|eml|mbox|mbx)$/.test(name)).sort();
  if (patches.length > 0) {
    return patches.map((name) => ({
      name: path.join(input, name),
      place: path.resolve(input, name),
    }));
  }
  throw new RequestError(`${input} is a folder without patches`, {
    hint: 'pinbench takes its files that end in .patch, .diff, .eml or .mbox, by name',
  });
}

async function readFilePatches(context: Context, { name, place }: InputFile): Promise<Patch[]> {
  const text = await readFile(place, 'utf8').catch((error: unknown) => {
    throw unreadable(name, error as NodeJS.ErrnoException);
  });
  if (text.trim() === '')
    throw new RequestError(`${name} is empty`, { hint: 'give a file made with git format-patch' });
  if (!looksLikeMail(text)) {
    return [await readDiff(context, name, place, { subject: path.basename(name), trailers: [] })];
  }
  const mails = await readMails(context, place);
  if (mails.length === 0) throw notAPatch(name, '');
  return Promise.all(
    mails.map(({ diff, subject, author, trailers }) =>
      readDiff(context, name, diff, { subject, author, trailers }),
    ),
  );
}

async function readDiff(
  context: Context,
  file: string,
  diff: string,
  said: Pick<Patch, 'subject' | 'author' | 'trailers'>,
): Promise<Patch> {
  const text = await readFile(diff, 'utf8');
  // git lists a moved file by its new name, and in reverse by its old one.
  const counted = [
    ...(await listFiles(context, file, diff)),
    ...(await listFiles(context, file, diff, '--reverse')),
  ];
  refuseUnsupported(file, text, counted);
  const touches = [...new Set(counted.map(({ path: touched }) => touched))];
  // git takes the first part off every path, the slash of an absolute one too: the diff's own words tell.
  const named = parseDiff(text).flatMap(({ from, to }) => [from, to]);
  for (const name of [...touches, ...named]) refuseEscape(file, name);
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { file, ...said, sha256, touches, text, diff };
}

async function listFiles(
  context: Context,
  file: string,
  diff: string,
  ...flags: string[]
): Promise<Counted[]> {
  const { exitCode, stdout, stderr } = await gitApply(['--numstat', '-z', ...flags, diff], {
    cwd: context.scratch,
    signal: context.signal,
  });
  if (exitCode !== 0) throw notAPatch(file, stderr);
  return parseNumstat(stdout);
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

function unreadable(file: string, error: NodeJS.ErrnoException): RequestError {
  const why = { ENOENT: 'there is no such file', EISDIR: 'it is a folder' }[error.code ?? ''];
  return new RequestError(`cannot read the patch ${file}: ${why ?? error.message}`, {
    hint: 'give --patch the path of a patch file',
    cause: error,
  });
}

/** git says `corrupt patch at line N` for one that was cut off or re-wrapped, and has several words for no patch. */
function notAPatch(file: string, stderr: string): RequestError {
  const [, line] = /corrupt patch at (?:.*:)?(?:line )?(\d+)/.exec(stderr) ?? [];
  return line === undefined
    ? new RequestError(`${file} is not a patch`, {
        hint: 'give a file made with git format-patch or git diff',
      })
    : new RequestError(`${file} is damaged at line ${line}`, {
        hint: 'mail programs wrap lines and change tabs: save the mail as it was sent, or use b4',
      });
}
