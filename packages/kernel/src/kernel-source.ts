import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { assertRoom, BenchError, type Context } from '@pinbench/host';
import type { Base } from './base.ts';
import { clearBuildProducts } from './clear-build-products.ts';
import { readSourceVersion } from './source-version.ts';
import { laySource, wholeSourceKey } from './source.ts';
import type { KernelSource } from './whole/inputs.ts';

/** Of 1.0 (4.9) to 1.6 GB (7.1) each: those used last are kept. */
const keep = 6;
const room = 2 * 1024 ** 3;

/**
 * The whole source of a base, as a cache entry that nobody writes to.
 * @throws RequestError when a tree has lost files or was changed since it was looked at. BenchError when the disk has
 * no room for it.
 */
export async function wholeSource(context: Context, base: Base): Promise<KernelSource> {
  const key = wholeSourceKey(base);
  const make = async (making: string): Promise<void> => {
    await assertRoom(context.cache.root, room);
    await laySource(context, base, making);
    await clearBuildProducts(context, making);
  };
  const folder = await context.cache.entry('whole-source', key, make, {
    keep,
    signal: context.signal,
  });
  const version = readSourceVersion(await readFile(path.join(folder, 'Makefile'), 'utf8'));
  if (version) return { folder, key, version };
  throw new BenchError(`the source of ${base.spec} has no kernel's Makefile`);
}
