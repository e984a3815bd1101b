import { lstat, readFile } from 'node:fs/promises';
import path from 'node:path';
import { RequestError, type Context } from '@pinbench/host';
import type { PatchInResult } from '@pinbench/model';
import { hunksOf, readChanges } from './diff.ts';
import { gitApply } from './git-apply.ts';
import { explainMisfit } from './hunk.ts';
import type { Patch } from './patch.ts';
import { readPlacements } from './placement.ts';

/** How a patch went in, and which of its hunks not just as it says. */
export type Application = Pick<PatchInResult, 'applied' | 'hunks'>;

/** Lines of context that must fit where not all do: what patch(1) leaves of three with its usual fuzz of two. */
const leastContext = '-C1';

/**
 * Applies patches to a tree, one on top of the other.
 * @param leaveOut is true of files that the tree does not hold
 * @throws RequestError as applyPatch() does
 */
export async function applySeries(
  context: Context,
  tree: string,
  patches: readonly Patch[],
  { base, leaveOut }: { base: string; leaveOut: (name: string) => boolean },
): Promise<Application[]> {
  const applied: Application[] = [];
  for (const patch of patches) {
    const options = { base, leaveOut: patch.touches.filter(leaveOut) };
    applied.push(await applyPatch(context, tree, patch, options));
  }
  return applied;
}

/**
 * Applies a patch to a tree, all of it or nothing. `leaveOut` are files of the patch that the tree does not hold.
 * @param base what the tree is, for error messages
 * @throws RequestError when it is already applied, does not apply, or goes through a symbolic link.
 */
export async function applyPatch(
  context: Context,
  tree: string,
  patch: Patch,
  { base, leaveOut = [] }: { base: string; leaveOut?: readonly string[] },
): Promise<Application> {
  const touched = patch.touches.filter((name) => !leaveOut.includes(name));
  for (const name of touched) await refuseLink(tree, patch, name);
  const apply = (...flags: string[]): ReturnType<typeof gitApply> =>
    gitApply(
      [
        '--verbose',
        '--whitespace=nowarn',
        ...flags,
        ...leaveOut.map((name) => `--exclude=${name}`),
        patch.diff,
      ],
      { cwd: tree, signal: context.signal },
    );

  const strict = await apply();
  if (strict.exitCode === 0) return application(patch, strict.stderr);
  // Before fuzz, or a patch that only adds lines might be applied a second time.
  if ((await apply('--reverse', '--check')).exitCode === 0)
    throw new RequestError(`${patch.file} is already applied in ${base}`, {
      hint: 'there is nothing to compare; take it off the command line',
    });
  const loose = await apply(leastContext);
  if (loose.exitCode === 0) return application(patch, loose.stderr);
  throw await doesNotApply(tree, patch, base, strict.stderr);
}

/** What `git apply --verbose` says of a patch that it has applied. */
function application(patch: Patch, stderr: string): Application {
  const changes = readChanges(patch.text);
  const hunks = readPlacements(stderr, (file) => hunksOf(changes, file));
  if (hunks.length === 0) return { applied: 'clean' };
  return { applied: hunks.some(({ fuzz }) => fuzz > 0) ? 'with-fuzz' : 'with-offset', hunks };
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

async function doesNotApply(
  tree: string,
  patch: Patch,
  base: string,
  stderr: string,
): Promise<RequestError> {
  const [, file, line] = /^error: patch failed: (.*):(\d+)$/m.exec(stderr) ?? [];
  const hunk =
    file === undefined
      ? undefined
      : hunksOf(readChanges(patch.text), file).find(({ start }) => start === Number(line));
  if (file === undefined || !hunk) return withoutHunk(patch, base, stderr);
  const text = await readFile(path.join(tree, file), 'utf8');
  const { cause, first } = explainMisfit(hunk, text.split('\n'), base);
  return new RequestError(`${patch.file} does not apply to ${base}: ${file}, ${hunk.header}`, {
    hint: patch.suspect === undefined ? cause : `${cause}; ${patch.suspect}`,
    ...(first && {
      detail: [
        `the first line that differs is ${file}:${first.line}`,
        `  the patch expects: ${visible(first.expected)}`,
        `  the file has:      ${visible(first.found)}`,
      ],
    }),
  });
}

/** A carriage return as git and editors show it. */
const visible = (line: string): string => line.replace(/\r$/, '^M');

function withoutHunk(patch: Patch, base: string, stderr: string): RequestError {
  const [, missing] = /^error: (.*): No such file or directory$/m.exec(stderr) ?? [];
  const [, extra] = /^error: (.*): already exists in working directory$/m.exec(stderr) ?? [];
  if (missing !== undefined)
    return new RequestError(`${patch.file} does not apply: ${base} has no file ${missing}`, {
      hint: `the patch was made for another kernel than ${base}`,
    });
  if (extra !== undefined)
    return new RequestError(`${patch.file} does not apply: ${base} already has ${extra}`, {
      hint: 'the patch is partly applied, or was made for an older kernel',
    });
  return new RequestError(`${patch.file} does not apply to ${base}`, {
    detail: stderr.split('\n').filter((each) => each.startsWith('error: ')),
  });
}
