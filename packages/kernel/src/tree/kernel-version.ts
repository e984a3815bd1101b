import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { RequestError, type Context } from '@pinbench/host';
import { pinningFile } from '../pinning.ts';
import { readSourceVersion } from '../source-version.ts';
import type { SourceVersion } from '../whole/inputs.ts';
import type { Snapshot } from './snapshot.ts';

/** To be raised when what is made of the same input changes. */
const recipe = 1;

/** Two small files each. */
const keep = 200;

/**
 * Which kernel a tree holds, by its top Makefile.
 * @throws RequestError when it is no kernel tree, or one without VFIO.
 */
export async function kernelVersionOf(
  context: Context,
  place: string,
  { key, lay }: Snapshot,
): Promise<SourceVersion> {
  const make = (making: string): Promise<void> => lay(context, making, ['Makefile', pinningFile]);
  const { signal } = context;
  const folder = await context.cache.entry('tree-version', { recipe, key }, make, { keep, signal });
  const read = (name: string): Promise<string> =>
    readFile(path.join(folder, name), 'utf8').catch(() => '');
  const version = readSourceVersion(await read('Makefile'));
  if (!version) {
    throw new RequestError(`${place} is not a kernel tree: it has no Makefile with a VERSION`, {
      hint: "give the folder that holds the kernel's top Makefile, or the root of its repository",
    });
  }
  if ((await read(pinningFile)) !== '') return version;
  throw new RequestError(`the kernel at ${place} has no ${pinningFile}`, {
    hint: 'pinbench is about VFIO, which kernels have from 3.6 on',
  });
}
