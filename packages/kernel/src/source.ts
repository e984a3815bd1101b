import path from 'node:path';
import { unpackPackages } from '@pinbench/debian';
import { BenchError, tryRun, type Context } from '@pinbench/host';
import type { Base } from './base.ts';

/**
 * One folder of the base's source, with everything below it, as a tree that begins at the source's top.
 * @throws BenchError when the source has no such folder.
 */
export async function takeFolder(context: Context, base: Base, folder: string): Promise<string> {
  const { name, version } = base.source;
  return context.cache.entry('source', { name, version, folder }, async (making) => {
    const unpacked = await unpackPackages(context, base.archive, [base.source]);
    const archive = path.join(unpacked, 'usr/src', `${name}.tar.xz`);
    const options = ['--use-compress-program=xz -T0', '--strip-components=1', '--wildcards'];
    const args = [...options, '-C', making, '-xf', archive, `*/${folder}/*`];
    const { exitCode, stderr } = await tryRun('tar', args, { signal: context.signal });
    if (exitCode === 0) return;
    throw new BenchError(`the kernel source gave no folder ${folder}`, {
      detail: stderr.split('\n').slice(-3),
    });
  });
}
