import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Context, Json } from '@pinbench/host';
import type { PatchInResult } from '@pinbench/model';
import { applySeries } from './apply-series.ts';
import type { Application } from './apply.ts';
import type { Base } from './base.ts';
import type { ChainLink } from './chain.ts';
import { parseConfig } from './kbuild.ts';
import {
  asOurs,
  builtFiles,
  nameBaseline,
  patchesInResult,
  spellBase,
  type PatchSet,
} from './patch-set.ts';
import type { Patch } from './patch.ts';
import { sourceKey, takeFolder } from './source.ts';
import { isOutsideBuild, modulesToSwap, type Swappable } from './swap.ts';

/** The base's source with patches applied: the top of a tree that holds only the folder that can be swapped. */
type Tree = { folder: string; key: Json };

/** Before and after, ready to be built. */
export type Trees = {
  before: Tree;
  after: Tree;
  /** Below the top of both trees, where the modules are built. */
  folder: string;
  patches: PatchInResult[];
  /** What an error calls the baseline, where it is the user's. */
  ownBaseline?: string;
  /** The modules that the patches reach, in the order in which they load, or why they cannot be swapped. */
  swappable: Swappable;
};

/** A folder whose modules can be swapped, those that are loaded in their order, and the kernel's configuration file. */
export type SwapGround = { folder: string; chain: readonly ChainLink[]; config: string };

/**
 * Lays out one folder of the base's source twice: with the baseline patches, and with the patches under test on top of
 * them. All that the patches touch must lie in it.
 * @throws RequestError when a patch does not apply. BenchError when one of pinbench's own does not.
 */
export async function prepareTrees(
  context: Context,
  base: Base,
  set: PatchSet,
  { folder, chain, config }: SwapGround,
): Promise<Trees> {
  const source = await takeFolder(context, base, folder);
  const pristine: Tree = { folder: source, key: sourceKey(base, folder) };
  const spelt = spellBase(base);
  const before = await patched(context, pristine, folder, set.baseline, spelt).catch(
    (error: unknown) => {
      throw asOurs(error, base, set);
    },
  );
  const after = await patched(context, before, folder, set.underTest, spelt);
  return {
    before,
    after,
    folder,
    ...(set.baseline.length > 0 && !set.shippedBaseline && { ownBaseline: nameBaseline(set) }),
    patches: patchesInResult(set, { before: before.applied, after: after.applied }),
    swappable: modulesToSwap(builtFiles(set), {
      folder,
      chain,
      makefiles: {
        before: await readMakefiles(path.join(before.folder, folder)),
        after: await readMakefiles(path.join(after.folder, folder)),
      },
      config: parseConfig(await readFile(config, 'utf8')),
    }),
  };
}

/** To be raised when what is made of the same input changes. */
const recipe = 2;

/** Of some twenty patches, each with its before and after, and all mutants: used last, kept. */
const treesKept = 120;

/** A copy of a tree with patches applied, kept under what they say. */
async function patched(
  context: Context,
  tree: Tree,
  folder: string,
  patches: readonly Patch[],
  base: string,
): Promise<Tree & { applied: Application[] }> {
  const key = { recipe, tree: tree.key, patches: patches.map(({ sha256 }) => sha256) };
  const make = async (making: string): Promise<void> => {
    const from = path.join(tree.folder, folder);
    await cp(from, path.join(making, folder), { recursive: true, preserveTimestamps: true });
    const applied = await applySeries(context, making, patches, { base, leaveOut: isOutsideBuild });
    await writeFile(path.join(making, 'applied.json'), JSON.stringify(applied));
  };
  const { signal } = context;
  const place = await context.cache.entry('tree', key, make, { keep: treesKept, signal });
  const text = await readFile(path.join(place, 'applied.json'), 'utf8');
  const applied = JSON.parse(text) as Application[];
  return { folder: place, key, applied };
}

/** The Makefiles at and below a folder, by folder. */
async function readMakefiles(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(({ name }) => name === 'Makefile' || name === 'Kbuild');
  return new Map(
    await Promise.all(
      files.map(async ({ name, parentPath }) => {
        const text = await readFile(path.join(parentPath, name), 'utf8');
        return [path.relative(folder, parentPath) || '.', text] as const;
      }),
    ),
  );
}
