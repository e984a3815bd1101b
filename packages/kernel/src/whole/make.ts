import { tryRun, type Context } from '@pinbench/host';
import { countObjects } from './make-progress.ts';
import type { Say } from './say.ts';

type Making = { folder: string; settings: readonly string[]; jobs?: number; stage?: Say };

/**
 * Runs make in a kernel tree. Of the user's environment it gets the search path alone: variables such as ARCH or
 * CROSS_COMPILE, which a kernel developer may have set, would lead kbuild astray.
 * @returns what it said if it failed
 */
export async function makeKernel(
  { signal }: Context,
  { folder, settings, jobs = 1, stage }: Making,
  targets: readonly string[],
): Promise<string | undefined> {
  const environment = ['-i', `PATH=${process.env['PATH'] ?? ''}`, 'LANG=C'];
  const command = ['make', `-j${jobs}`, ...settings, ...targets];
  const onLine = stage && countObjects(stage, folder);
  const options = { cwd: folder, signal, ...(onLine && { onLine }) };
  const { exitCode, all } = await tryRun('env', [...environment, ...command], options);
  return exitCode === 0 ? undefined : all;
}
