import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { RequestError, type Context } from '@pinbench/host';
import parseDiff from 'parse-diff';
import { explainDamage } from './damage.ts';
import { gitApply } from './git-apply.ts';
import { readMails, type PatchMail } from './mail.ts';
import { looksLikeMail } from './mime.ts';
import { filesOf, isAllCrLf, readInput, withLf, type InputFile } from './patch-file.ts';
import { inOrder, newest, type Place } from './series.ts';
import type { Trailer } from './trailers.ts';

/** A patch: its changes to any number of files, not yet held against a tree. */
export type Patch = {
  /** What the user gave: for a series the same for all of its patches. */
  file: string;
  subject: string;
  author?: string;
  trailers: Trailer[];
  /** Its place in a series, from the tag of its mail. */
  series?: Place;
  /** The mainline commit that it says it is a backport of. */
  upstream?: string;
  /** Of the diff. */
  sha256: string;
  /** Paths from the top of the kernel's source, in the patch's order; then those that files are moved away from. */
  touches: string[];
  /** How many parts git is to take off the front of the diff's paths. */
  strip: 0 | 1;
  text: string;
  /** A file that git can apply. */
  diff: string;
  /** What may have spoilt it on its way, to be told if it is damaged or does not apply. */
  suspect?: string;
};

/**
 * Reads patches in the order given: plain diffs, mails as git format-patch, b4 and mail programs save them, mboxes of a
 * whole series, folders of any of them (by number, else by name), each of these also packed with gzip, and `-` for
 * standard input.
 * @throws RequestError for what is not there, is empty, is no patch, is a series with gaps or reaches out of the tree.
 */
export async function readPatches(
  context: Context,
  inputs: readonly string[],
  stdin: AsyncIterable<Buffer> = process.stdin,
): Promise<Patch[]> {
  const read: Patch[][] = [];
  for (const input of inputs) read.push(await readGiven(context, input, stdin));
  return read.flat();
}

/** What one argument holds: a file with one patch or many, or a folder, whose files are of one series. */
async function readGiven(
  context: Context,
  input: string,
  stdin: AsyncIterable<Buffer>,
): Promise<Patch[]> {
  const files = await filesOf(context, input, stdin);
  const found = (await Promise.all(files.map((file) => readFound(context, file)))).flat();
  const [{ name } = { name: input }] = files;
  if (found.length === 0) throw withoutDiff(files.length === 1 ? name : input);
  return Promise.all(
    chosen(context, found, files.length === 1 ? name : input).map((each) =>
      readDiff(context, each),
    ),
  );
}

async function readFound(context: Context, given: InputFile): Promise<PatchMail[]> {
  const file = await readInput(context, given);
  if (looksLikeMail(file.text)) return readMails(context, file);
  const diff = isAllCrLf(file.text) ? await withLf(context, file) : file.place;
  const subject = path.basename(file.name);
  const plain = { version: 1, place: undefined, reply: false, trailers: [], digest: diff };
  return [{ file: file.name, subject, diff, ...plain }];
}

/** The series, in its order: without what reviewers sent, and without its older versions. */
function chosen(context: Context, mails: readonly PatchMail[], name: string): PatchMail[] {
  const { note } = context.progress;
  const own = mails.some(({ reply }) => !reply) ? mails.filter(({ reply }) => !reply) : mails;
  for (const { subject } of mails.filter((mail) => !own.includes(mail)))
    note(`the diff in a reply to "${subject}" is left out`);
  const { kept, left } = newest(own);
  const versions = (of: readonly PatchMail[]): string =>
    [...new Set(of.map(({ version }) => `v${version}`))].sort().join(', ');
  if (left.length > 0)
    note(`${name} holds several versions: ${versions(kept)} is taken, ${versions(left)} left out`);
  return inOrder(withoutCopies(kept), name);
}

/** A mail that went to a list and to oneself as well stands twice in a mailbox. */
const withoutCopies = (mails: readonly PatchMail[]): PatchMail[] =>
  mails.filter(
    ({ subject, digest }, index) =>
      index === mails.findIndex((other) => other.subject === subject && other.digest === digest),
  );

const withoutDiff = (name: string): RequestError =>
  new RequestError(`${name} holds mail, but is not a patch`, {
    hint: 'a cover letter or an answer has no diff: give the patches themselves, or the whole thread as mbox',
  });

async function readDiff(context: Context, mail: PatchMail): Promise<Patch> {
  const { file, diff, place } = mail;
  const bytes = await readFile(diff);
  const text = bytes.toString('utf8');
  const strip = stripOf(text);
  const list = async (...flags: string[]): Promise<Counted[]> => {
    const options = { cwd: context.scratch, signal: context.signal };
    const listing = await gitApply([`-p${strip}`, '--numstat', '-z', ...flags, diff], options);
    if (listing.exitCode !== 0) throw notAPatch(mail, text, listing.stderr);
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
  return { ...mail, ...(place && { series: place }), sha256, touches, strip, text };
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
function notAPatch({ file, suspect }: PatchMail, text: string, stderr: string): RequestError {
  const [, line] = /corrupt patch at (?:.*:)?(?:line )?(\d+)/.exec(stderr) ?? [];
  if (line === undefined)
    return new RequestError(`${file} is not a patch`, {
      hint: suspect ?? 'give a file made with git format-patch or git diff',
    });
  const { where, cause, detail } = explainDamage(text, Number(line));
  return new RequestError(
    `${file} is damaged ${where}`,
    suspect === undefined ? { hint: cause, detail } : { hint: suspect },
  );
}

/** 0 for paths as `git diff --no-prefix` and `diff.noprefix` write them, without a/ and b/. */
function stripOf(diff: string): 0 | 1 {
  const headers = diff.match(/^diff --git .*$/gm) ?? [];
  return headers.length > 0 && headers.every((line) => /^diff --git (\S+) \1$/.test(line)) ? 0 : 1;
}
