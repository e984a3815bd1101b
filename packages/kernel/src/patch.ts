import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { RequestError, type Context } from '@pinbench/host';
import parseDiff from 'parse-diff';
import { gitApply } from './git-apply.ts';

/** A patch file as it was given: its changes to any number of files, not yet held against a tree. */
export type Patch = {
  file: string;
  subject: string;
  sha256: string;
  /** Paths from the top of the kernel's source, in the patch's order. */
  touches: string[];
  text: string;
};

/**
 * Reads patch files, plain diffs or git format-patch mails, in the order given.
 * @throws RequestError for what is not there, is empty, is no patch or reaches out of the tree.
 */
export const readPatches = (context: Context, files: readonly string[]): Promise<Patch[]> =>
  Promise.all(files.map((file) => readPatch(context, file)));

async function readPatch(context: Context, file: string): Promise<Patch> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw unreadable(file, error as NodeJS.ErrnoException);
  });
  const text = bytes.toString('utf8');
  if (text.trim() === '')
    throw new RequestError(`${file} is empty`, { hint: 'give a file made with git format-patch' });

  const listing = await gitApply(['--numstat', '-z', path.resolve(file)], {
    cwd: context.scratch,
    signal: context.signal,
  });
  if (listing.exitCode !== 0) throw notAPatch(file, listing.stderr);
  const counted = parseNumstat(listing.stdout);
  refuseUnsupported(file, text, counted);
  const touches = counted.map(({ path: touched }) => touched);
  // git takes the first part off every path, the slash of an absolute one too: the diff's own words tell.
  const named = parseDiff(text).flatMap(({ from, to }) => [from, to]);
  for (const name of [...touches, ...named]) refuseEscape(file, name);
  return {
    file,
    subject: subjectOf(text) ?? path.basename(file),
    sha256: createHash('sha256').update(bytes).digest('hex'),
    touches,
    text,
  };
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

/** The mail's subject without its `[PATCH …]` tag, unfolded (RFC 5322, 2.2.3). */
export function subjectOf(text: string): string | undefined {
  const headers = text.split(/\r?\n(?:---|diff --git |\r?\n)/)[0] ?? '';
  const [, subject] = /^Subject:[ \t]*(.*(?:\r?\n[ \t].*)*)/m.exec(headers) ?? [];
  return subject
    ?.replace(/\r?\n[ \t]+/g, ' ')
    .replace(/^(\[[^\]]*\]\s*)+/, '')
    .trim();
}

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
