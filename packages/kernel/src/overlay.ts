import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from '@pinbench/host';
import type { PatchInResult } from '@pinbench/model';
import { applySeries } from './apply-series.ts';
import { refuseLinks, type Application } from './apply.ts';
import type { Base } from './base.ts';
import { isThere } from './is-there.ts';
import { asOurs, builtFiles, patchesInResult, spellBase, type PatchSet } from './patch-set.ts';
import type { Patch } from './patch.ts';
import { requirePrerequisites } from './require-prerequisites.ts';
import { isOutsideBuild } from './swap.ts';
import type { KernelSource, Overlay } from './whole/inputs.ts';

/** What before and after make of a whole source; before may be the source as it is. */
export type Overlays = { before?: Overlay; after: Overlay; patches: PatchInResult[] };

/** Of a source that is not there as a whole it cannot be told what the patches need of it. */
type Completeness = { whole?: boolean };

/**
 * Applies the baseline patches, and the patches under test on top of them, to copies of what they touch.
 * @throws RequestError when a patch does not apply. BenchError when one of pinbench's own does not.
 */
export async function prepareOverlays(
  context: Context,
  base: Base,
  source: KernelSource,
  set: PatchSet,
  completeness: Completeness = {},
): Promise<Overlays> {
  builtFiles(set);
  const spelt = spellBase(base);
  const lay = (series: readonly (readonly Patch[])[]): ReturnType<typeof overlay> =>
    overlay(context, source, series, spelt, completeness);
  const before = await lay([set.baseline]).catch((error: unknown) => {
    throw asOurs(error, base, set);
  });
  const after = await lay([set.baseline, set.underTest]);
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
  { whole = true }: Completeness,
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
    if (whole) await requirePrerequisites(patches, [folder, source.folder], base);
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
  if (!(await isThere(from))) return;
  await cp(from, path.join(folder, file), { preserveTimestamps: true });
}
