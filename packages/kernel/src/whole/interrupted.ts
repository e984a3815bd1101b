import { rm } from 'node:fs/promises';
import path from 'node:path';
import { run, type Context } from '@pinbench/host';
import type { KernelSource } from './inputs.ts';
import { isThere } from '../is-there.ts';
import { endStrays } from './strays.ts';

/**
 * Takes away what an interrupted build made: any of it may be half written and look ready to make, which goes by the
 * time alone. `marker` is a file that is written before a build begins and removed when it ended in order.
 */
export async function clearInterrupted(
  { signal }: Context,
  { folder, marker, source }: { folder: string; marker: string; source: KernelSource },
): Promise<void> {
  if (!(await isThere(marker))) return;
  await endStrays(folder);
  const newer = ['.', '-newer', marker, '!', '-type', 'd', '-print0'];
  const { stdout } = await run('find', newer, { cwd: folder, signal });
  for (const name of stdout.split('\0').filter((each) => each !== ''))
    if (!(await isThere(path.join(source.folder, name))))
      await rm(path.join(folder, name), { force: true });
  await rm(marker);
}
