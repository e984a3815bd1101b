import { cp, lstat, mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from '@pinbench/host';
import { applyPatch, takeOut, type Application } from './apply.ts';
import type { Patch } from './patch.ts';
import { PatchRefused } from './refusal.ts';

type Ground = {
  /** What the tree is, for error messages. */
  base: string;
  /** True of files that the tree does not hold. */
  leaveOut: (name: string) => boolean;
};

/**
 * Applies patches to a tree, one on top of the other.
 * @throws PatchRefused when one is already applied, or does not apply. RequestError when one goes through a symbolic
 * link.
 */
export async function applySeries(
  context: Context,
  tree: string,
  patches: readonly Patch[],
  ground: Ground,
): Promise<Application[]> {
  const applied: Application[] = [];
  for (const [index, patch] of patches.entries()) {
    const name = nameIn(patches, index);
    const application = await applyPatch(context, tree, patch, {
      name,
      ...on(ground, patch),
    }).catch(async (error: unknown) => {
      throw error instanceof PatchRefused && patches.length > 1
        ? await ofSeries(context, tree, patches, index, ground, error)
        : error;
    });
    applied.push(application);
  }
  return applied;
}

const on = (
  { base, leaveOut }: Ground,
  { touches }: Patch,
): { base: string; leaveOut: string[] } => ({
  base,
  leaveOut: touches.filter(leaveOut),
});

/** A patch by its file; where that holds several, by its place and subject too. */
function nameIn(patches: readonly Patch[], index: number): string {
  const { file = '', subject = '' } = patches[index] ?? {};
  const several = patches.filter((patch) => patch.file === file).length > 1;
  return several ? `${file}, patch ${index + 1} of ${patches.length} ("${subject}")` : file;
}

/** What the refusal of a patch means for its series: of those that are there already the first is refused first. */
async function ofSeries(
  context: Context,
  tree: string,
  patches: readonly Patch[],
  at: number,
  ground: Ground,
  refused: PatchRefused,
): Promise<PatchRefused> {
  const end = await endOfThere(context, tree, patches, at, ground);
  if (end === at) return refused;
  const files = new Set(patches.map(({ file }) => file));
  const [only = ''] = files;
  const circumstances = { name: files.size === 1 ? only : 'the series', base: ground.base };
  if (at === 0 && end === patches.length)
    return new PatchRefused({ outcome: 'already-applied' }, circumstances);
  const there = patches.map((_, index) => index + 1).slice(at, end);
  const rest = patches.slice(end);
  const restApplies = await inCopy(context, tree, rest, async (copy) => {
    for (const patch of rest) await applyPatch(context, copy, patch, on(ground, patch));
  });
  return new PatchRefused(
    { outcome: 'series-partly-applied', there, of: patches.length, restApplies },
    circumstances,
  );
}

/** Up to where, from `at`, the tree holds the patches: as far as they can be taken out again, the last one first. */
async function endOfThere(
  context: Context,
  tree: string,
  patches: readonly Patch[],
  at: number,
  ground: Ground,
): Promise<number> {
  for (let end = patches.length; end > at; end--) {
    const there = patches.slice(at, end).toReversed();
    const all = await inCopy(context, tree, there, async (copy) => {
      for (const patch of there) await takeOut(context, copy, patch, on(ground, patch));
    });
    if (all) return end;
  }
  return at;
}

/** True if the work goes through without a patch being refused, on a copy of those files that the patches touch. */
async function inCopy(
  context: Context,
  tree: string,
  patches: readonly Patch[],
  work: (copy: string) => Promise<void>,
): Promise<boolean> {
  const copy = await mkdtemp(path.join(context.scratch, 'series-'));
  for (const name of new Set(patches.flatMap(({ touches }) => touches))) {
    const from = path.join(tree, name);
    if ((await lstat(from).catch(() => undefined))?.isFile()) await cp(from, path.join(copy, name));
  }
  try {
    await work(copy);
    return true;
  } catch (error) {
    if (error instanceof PatchRefused) return false;
    throw error;
  }
}
