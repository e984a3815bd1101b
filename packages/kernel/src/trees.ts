import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, RequestError, type Context, type Json } from '@pinbench/host';
import type { PatchInResult } from '@pinbench/model';
import { applySeries } from './apply-series.ts';
import type { Application } from './apply.ts';
import { deriveChain } from './chain.ts';
import type { DebianBase } from './debian-base.ts';
import { unpackHeaders, type KernelHeaders } from './headers.ts';
import { unpackImage } from './image.ts';
import { parseConfig, type KbuildModule } from './kbuild.ts';
import type { Patch } from './patch.ts';
import { sourceKey, takeFolder } from './source.ts';
import {
  isOutsideBuild,
  modulesToSwap,
  refuseMixedMove,
  requireSwappable,
  swapFolder,
} from './swap.ts';

/** The base's source with patches applied: the top of a tree that holds only the folder that can be swapped. */
type Tree = { folder: string; key: Json };

/** Before and after, ready to be built. */
export type Trees = {
  before: Tree;
  after: Tree;
  /** Below the top of both trees, where the modules are built. */
  folder: string;
  headers: KernelHeaders;
  patches: PatchInResult[];
  /** The modules that the patches reach, in the order in which they load. */
  modules: KbuildModule[];
  /** Files of the patches that no build reads, such as documentation. They are not applied. */
  leftOut: string[];
};

/**
 * Lays out the base's source twice: with the baseline patches, and with the patches under test on top of them.
 * @throws RequestError when a patch under test does not apply or touches what cannot be swapped. BenchError when a
 * baseline patch does not apply.
 */
export async function prepareTrees(
  context: Context,
  base: DebianBase,
  { baseline, underTest }: { baseline: readonly Patch[]; underTest: readonly Patch[] },
): Promise<Trees> {
  const folder = swapFolder;
  const touched = [...baseline, ...underTest].flatMap(({ touches }) => touches);
  const built = [
    ...requireSwappable(
      baseline.flatMap(({ touches }) => touches),
      folder,
    ),
    ...requireSwappable(
      underTest.flatMap(({ touches }) => touches),
      folder,
    ),
  ];
  for (const { text } of underTest) refuseMixedMove(text);
  const [source, headers, chain] = await Promise.all([
    takeFolder(context, base, folder),
    unpackHeaders(context, base),
    unpackImage(context, base).then((image) => deriveChain(context, image, folder)),
  ]);
  const pristine: Tree = { folder: source, key: sourceKey(base, folder) };
  const before = await patched(context, pristine, folder, baseline, spell(base)).catch(
    (error: unknown) => {
      throw asOurs(error, base);
    },
  );
  const after = await patched(context, before, folder, underTest, spell(base));
  const ground = {
    folder,
    chain,
    makefiles: {
      before: await readMakefiles(path.join(before.folder, folder)),
      after: await readMakefiles(path.join(after.folder, folder)),
    },
    config: parseConfig(await readFile(headers.config, 'utf8')),
  };
  return {
    before,
    after,
    folder,
    headers,
    patches: [
      ...inResult(baseline, 'baseline', before.applied),
      ...inResult(underTest, 'under-test', after.applied),
    ],
    modules: modulesToSwap([...new Set(built)], ground),
    leftOut: touched.filter(isOutsideBuild),
  };
}

const spell = (base: DebianBase): string => `${base.spec} (${base.sourceVersion})`;

/** To be raised when what is made of the same input changes. */
const recipe = 2;

/** Of some twenty patches, each with its before and after: used last, kept. */
const treesKept = 40;

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

/** A baseline patch is ours to keep fitting: that it does not is not the user's mistake. */
const asOurs = (error: unknown, base: DebianBase): unknown =>
  error instanceof RequestError
    ? new BenchError(error.message, {
        hint: `pinbench's baseline patch for ${base.spec} is older than this kernel; see qemu/patches`,
        detail: error.detail,
        cause: error,
      })
    : error;

const inResult = (
  patches: readonly Patch[],
  role: PatchInResult['role'],
  applied: readonly Application[],
): PatchInResult[] =>
  patches.map(({ file, subject, author, trailers, sha256, touches }, index) => ({
    file,
    role,
    subject,
    ...(author !== undefined && { author }),
    trailers,
    sha256,
    touches,
    ...(applied[index] ?? { applied: 'clean' }),
  }));

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
