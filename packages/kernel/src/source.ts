import path from 'node:path';
import { unpackPackages } from '@pinbench/debian';
import { BenchError, tryRun, type Context, type Json } from '@pinbench/host';
import type { Base } from './base.ts';

/** To be raised when what is made of the same input changes. */
const recipe = 1;

/** What a folder of the base's source is kept under. */
export const sourceKey = ({ source: { name, version } }: Base, folder: string): Json => ({
  recipe,
  name,
  version,
  folder,
});

/**
 * One folder of the base's source, with everything below it, as a tree that begins at the source's top.
 * @throws BenchError when the source has no such folder.
 */
export async function takeFolder(context: Context, base: Base, folder: string): Promise<string> {
  return context.cache.entry('source', sourceKey(base, folder), async (making) => {
    const unpacked = await unpackPackages(context, base.archive, [base.source]);
    const archive = path.join(unpacked, 'usr/src', `${base.source.name}.tar.xz`);
    const options = ['--use-compress-program=xz -T0', '--strip-components=1', '--wildcards'];
    const args = [...options, '-C', making, '-xf', archive, `*/${folder}/*`];
    const { exitCode, stderr } = await tryRun('tar', args, { signal: context.signal });
    if (exitCode === 0) return;
    throw new BenchError(`the kernel source gave no folder ${folder}`, {
      detail: stderr.split('\n').slice(-3),
    });
  });
}
