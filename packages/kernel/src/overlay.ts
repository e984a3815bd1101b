import { cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from '@pinbench/host';
import type { PatchInResult } from '@pinbench/model';
import { applySeries } from './apply-series.ts';
import { refuseLinks, type Application } from './apply.ts';
import type { Base } from './base.ts';
import { asOurs, builtFiles, patchesInResult, spellBase, type PatchSet } from './patch-set.ts';
import type { Patch } from './patch.ts';
import { requirePrerequisites } from './require-prerequisites.ts';
import { isOutsideBuild } from './swap.ts';
import type { KernelSource, Overlay } from './whole/inputs.ts';

/** What before and after make of a whole source; before may be the source as it is. */
export type Overlays = { before?: Overlay; after: Overlay; patches: PatchInResult[] };

/**
 * Applies the baseline patches, and the patches under test on top of them, to copies of what they touch.
 * @throws RequestError when a patch does not apply. BenchError when one of pinbench's own does not.
 */
export async function prepareOverlays(
  context: Context,
  base: Base,
  source: KernelSource,
  set: PatchSet,
): Promise<Overlays> {
  builtFiles(set);
  const spelt = spellBase(base);
  const before = await overlay(context, source, [set.baseline], spelt).catch((error: unknown) => {
    throw asOurs(error, base, set);
  });
  const after = await overlay(context, source, [set.baseline, set.underTest], spelt);
  const [baseline = [], underTest = []] = after.applied;
  return {
    ...(set.baseline.length > 0 && { before }),
    after,
    patches: patchesInResult(set, { before: baseline, after: underTest }),
  };
}

/** To be raised when what is made of the same input changes. */
const recipe = 1;

/** Small, and many: an overlay holds the files that its patches touch. */
const overlaysKept = 100;

async function overlay(
  context: Context,
  source: KernelSource,
  series: readonly (readonly Patch[])[],
  base: string,
): Promise<Overlay & { applied: Application[][] }> {
  const patches = series.flat();
  const hashes = series.map((each) => each.map(({ sha256 }) => sha256));
  const key = { recipe, source: source.key, patches: hashes };
  const touched = [...new Set(patches.flatMap(({ touches }) => touches))].filter(
    (file) => !isOutsideBuild(file),
  );
  const make = async (making: string): Promise<void> => {
    const folder = path.join(making, 'files');
    await mkdir(folder);
    for (const patch of patches) await refuseLinks(source.folder, patch);
    for (const file of touched) await take(source.folder, file, folder);
    const applied: Application[][] = [];
    for (const each of series)
      applied.push(await applySeries(context, folder, each, { base, leaveOut: isOutsideBuild }));
    await requirePrerequisites(patches, [folder, source.folder], base);
    await writeFile(path.join(making, 'applied.json'), JSON.stringify(applied));
  };
  const { signal } = context;
  const place = await context.cache.entry('overlay', key, make, { keep: overlaysKept, signal });
  const text = await readFile(path.join(place, 'applied.json'), 'utf8');
  const applied = JSON.parse(text) as Application[][];
  return { folder: path.join(place, 'files'), touched, key, applied };
}

/** Copies one file of a source, if it is there: a patch may add it. */
async function take(source: string, file: string, folder: string): Promise<void> {
  const from = path.join(source, file);
  if (!(await stat(from).catch(() => undefined))) return;
  await cp(from, path.join(folder, file), { preserveTimestamps: true });
}
