import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Context, Json } from '@pinbench/host';

/** Of 64 bytes each. */
const keep = 200;

/** A hash that takes long to make, kept under what changes whenever it may have changed. */
export async function rememberedHash(
  { cache, signal }: Context,
  key: Json,
  make: () => Promise<string>,
): Promise<string> {
  const write = async (making: string): Promise<void> =>
    writeFile(path.join(making, 'sha256'), await make());
  const folder = await cache.entry('tree-hash', key, write, { keep, signal });
  return readFile(path.join(folder, 'sha256'), 'utf8');
}
