import path from 'node:path';
import { BenchError, type Context } from '@pinbench/host';
import { isThere } from './is-there.ts';
import { makeKernel } from './whole/make.ts';

/** What every configured tree has, or one that was built in. */
const signs = ['.config', 'include/config', 'include/generated'];

/**
 * Brings a copy of a tree that was configured or built in to the state of a fresh one, by the tree's own rules.
 * @throws BenchError when they do not work.
 */
export async function clearBuildProducts(context: Context, folder: string): Promise<void> {
  const seen = await Promise.all(signs.map((name) => isThere(path.join(folder, name))));
  if (!seen.includes(true)) return;
  const failure = await makeKernel(context, { folder, settings: ['ARCH=x86_64'] }, ['mrproper']);
  if (failure === undefined) return;
  throw new BenchError('the copy of the tree cannot be cleared of what a build left in it', {
    detail: failure.trim().split('\n').slice(-5),
  });
}
