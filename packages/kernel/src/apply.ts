import { lstat, readFile } from 'node:fs/promises';
import path from 'node:path';
import { RequestError, type Context, type Finished } from '@pinbench/host';
import type { PatchInResult } from '@pinbench/model';
import { hunksOf, readChanges } from './diff.ts';
import { explainRefusal, type Files } from './explain-refusal.ts';
import { leastContext } from './fit.ts';
import { gitApply } from './git-apply.ts';
import type { Patch } from './patch.ts';
import { readPlacements } from './placement.ts';
import { PatchRefused } from './refusal.ts';

/** How a patch went in, and which of its hunks not just as it says. */
export type Application = Pick<PatchInResult, 'applied' | 'hunks'>;

type Ground = {
  /** What the patch is called in error messages: by default its file. */
  name?: string;
  /** What the tree is, for error messages. */
  base: string;
  /** Files of the patch that the tree does not hold. */
  leaveOut?: readonly string[];
};

/**
 * Applies a patch to a tree, all of it or nothing.
 * @throws PatchRefused when it is already applied or does not apply. RequestError when it goes through a symbolic link.
 */
export async function applyPatch(
  context: Context,
  tree: string,
  patch: Patch,
  { base, leaveOut = [], name = patch.file }: Ground,
): Promise<Application> {
  const touched = patch.touches.filter((name) => !leaveOut.includes(name));
  await refuseLinks(tree, patch, touched);
  const apply = (...flags: string[]): Promise<Finished> =>
    runApply(context, tree, patch, leaveOut, flags);

  const strict = await apply();
  if (strict.exitCode === 0) return application(patch, strict.stderr);
  // Before fuzz, or a patch that only adds lines might be applied a second time.
  if ((await apply('--reverse', '--check')).exitCode === 0)
    throw new PatchRefused({ outcome: 'already-applied' }, { name, base });
  // Nor is the rest of a patch put in with fuzz that is there in part: with little context a hunk may fit twice.
  const refusal = await refused(tree, patch, { base, leaveOut, name }, strict.stderr);
  if (isThere(refusal)) throw refusal;
  const loose = await apply(`-C${leastContext}`);
  if (loose.exitCode === 0) return application(patch, loose.stderr);
  throw refusal;
}

/**
 * Takes a patch out of a tree again, all of it.
 * @throws PatchRefused when the tree does not hold it.
 */
export async function takeOut(
  context: Context,
  tree: string,
  patch: Patch,
  { base, leaveOut = [], name = patch.file }: Ground,
): Promise<void> {
  const { exitCode, stderr } = await runApply(context, tree, patch, leaveOut, ['--reverse']);
  if (exitCode === 0) return;
  throw new PatchRefused({ outcome: 'not-understood', said: stderr.split('\n') }, { name, base });
}

const runApply = (
  context: Context,
  tree: string,
  patch: Patch,
  leaveOut: readonly string[],
  flags: readonly string[],
): Promise<Finished> =>
  gitApply(
    [`-p${patch.strip}`, ...flags, ...leaveOut.map((file) => `--exclude=${file}`), patch.diff],
    {
      cwd: tree,
      signal: context.signal,
    },
  );

/** What `git apply --verbose` says of a patch that it has applied. */
function application(patch: Patch, stderr: string): Application {
  const changes = readChanges(patch.text, patch.touches);
  const hunks = readPlacements(stderr, (file) => hunksOf(changes, file));
  if (hunks.length === 0) return { applied: 'clean' };
  return { applied: hunks.some(({ fuzz }) => fuzz > 0) ? 'with-fuzz' : 'with-offset', hunks };
}

/** @throws RequestError when one of the names lies behind a symbolic link of the tree, or is one. */
export async function refuseLinks(
  tree: string,
  patch: Patch,
  names: readonly string[] = patch.touches,
): Promise<void> {
  for (const name of names) await refuseLink(tree, patch, name);
}

async function refuseLink(tree: string, patch: Patch, name: string): Promise<void> {
  const parts = name.split('/');
  for (const [index] of parts.entries()) {
    const part = parts.slice(0, index + 1).join('/');
    const found = await lstat(path.join(tree, part)).catch(() => undefined);
    if (!found) return;
    if (found.isSymbolicLink())
      throw new RequestError(`${patch.file} reaches ${name} through the symbolic link ${part}`, {
        hint: 'name the file that the link points to',
      });
  }
}

const isThere = ({ refusal: { outcome } }: PatchRefused): boolean =>
  outcome === 'already-applied' || outcome === 'partly-applied';

async function refused(
  tree: string,
  patch: Patch,
  { base, leaveOut, name }: Required<Ground>,
  stderr: string,
): Promise<PatchRefused> {
  const changes = readChanges(patch.text, patch.touches).filter(
    ({ from, to }) => !leaveOut.includes(to ?? from ?? ''),
  );
  const said = stderr.split('\n').filter((line) => line.startsWith('error: '));
  const refusal = explainRefusal(changes, await readFiles(tree, patch.touches), said);
  return new PatchRefused(refusal, { name, base, suspect: patch.suspect });
}

async function readFiles(tree: string, names: readonly string[]): Promise<Files> {
  const read = await Promise.all(
    names.map(async (name) => [name, await readIfThere(path.join(tree, name))] as const),
  );
  return new Map(read.flatMap(([name, bytes]) => (bytes ? [[name, bytes]] : [])));
}

const readIfThere = (place: string): Promise<Buffer | undefined> =>
  readFile(place).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
