import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { unpackPackages } from '@pinbench/debian';
import { BenchError, tryRun, type Context, type Json } from '@pinbench/host';
import type { Base } from './base.ts';
import type { DebianBase } from './debian-base.ts';
import { isThere } from './is-there.ts';

/** To be raised when what is made of the same input changes. */
const recipe = 1;

/** What the base's source is known by: its package, or what is in the tree. */
const originKey = (base: Base): Record<string, Json> =>
  base.kind === 'tree'
    ? { tree: base.snapshot.key }
    : { name: base.source.name, version: base.source.version };

/** What a folder of the base's source is kept under. */
export const sourceKey = (base: Base, folder: string): Json => ({
  recipe,
  ...originKey(base),
  folder,
});

/** What the whole of the base's source is kept under. */
export const wholeSourceKey = (base: Base): Json => ({ recipe, ...originKey(base) });

/** Of some 1 MB each. */
const foldersKept = 40;

/**
 * One folder of the base's source, with everything below it, as a tree that begins at the source's top.
 * @throws BenchError when the source has no such folder.
 */
export async function takeFolder(context: Context, base: Base, folder: string): Promise<string> {
  const take = async (making: string): Promise<void> => {
    await laySource(context, base, making, [folder]);
    if (await isThere(path.join(making, folder))) return;
    throw new BenchError(`the kernel source gave no folder ${folder}`);
  };
  return context.cache.entry('source', sourceKey(base, folder), take, {
    keep: foldersKept,
    signal: context.signal,
  });
}

/** Lays the base's source out in a folder of ours: all of it, or what is at and below some paths. */
export async function laySource(
  context: Context,
  base: Base,
  folder: string,
  paths?: readonly string[],
): Promise<void> {
  if (base.kind === 'tree') return base.snapshot.lay(context, folder, paths);
  const archive = await sourceTarball(context, base);
  // Which patterns are found in it tells nothing about whether it is whole: a path may not be in this source.
  const members = paths?.map((name) => `*/${name}`) ?? [];
  const wildcards = ['--wildcards', '--no-wildcards-match-slash'];
  const options = ['--use-compress-program=xz -T0', '--strip-components=1', ...wildcards];
  const args = [...options, '-C', folder, '-xf', archive, ...members];
  const { exitCode, stderr } = await tryRun('tar', args, { signal: context.signal });
  const complaints = stderr.split('\n').filter((line) => !isAboutPatterns(line));
  if (exitCode === 0 || complaints.length === 0) return;
  throw new BenchError('the kernel source cannot be unpacked', { detail: complaints.slice(-3) });
}

const isAboutPatterns = (line: string): boolean =>
  line === '' || /: Not found in archive$|Exiting with failure status/.test(line);

/** The package may hold more than the source, such as the patch for real-time kernels. */
async function sourceTarball(context: Context, base: DebianBase): Promise<string> {
  const unpacked = await unpackPackages(context, base.archive, [base.source]);
  const folder = path.join(unpacked, 'usr/src');
  const names = await readdir(folder);
  const tarball = names.find((name) => /^linux-source-[\w.~+-]+\.tar\.xz$/.test(name));
  if (tarball !== undefined) return path.join(folder, tarball);
  throw new BenchError(`${base.source.name} holds no kernel source`, { detail: names });
}
