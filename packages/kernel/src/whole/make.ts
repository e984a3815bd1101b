import path from 'node:path';
import { tryRun, type Context } from '@pinbench/host';
import { isThere } from '../is-there.ts';
import { countObjects } from './make-progress.ts';
import type { Say } from './say.ts';
import { tokenOf } from './strays.ts';

type Making = { folder: string; settings: readonly string[]; jobs?: number; stage?: Say };

/**
 * Runs make in a kernel tree. Of the user's environment it gets the search path alone: variables such as ARCH or
 * CROSS_COMPILE, which a kernel developer may have set, would lead kbuild astray. What it starts is known by a token.
 * @returns what it said if it failed
 */
export async function makeKernel(
  context: Context,
  { folder, settings, jobs = 1, stage }: Making,
  targets: readonly string[],
): Promise<string | undefined> {
  const environment = ['-i', ...(await surroundings(context)), tokenOf(folder)];
  const command = [...environment, 'make', `-j${jobs}`, ...settings, ...targets];
  const onLine = stage && countObjects(stage, folder);
  const options = { cwd: folder, signal: context.signal, ...(onLine && { onLine }) };
  const { exitCode, all } = await tryRun('env', command, options);
  return exitCode === 0 ? undefined : all;
}

/** Where distributions keep ccache under the names of compilers: /usr/lib on Debian, /usr/lib64 on Fedora. */
const ccacheFolders = ['/usr/lib/ccache', '/usr/lib64/ccache'];

/**
 * The search path, with ccache before it where it is installed: kbuild calls `gcc` either way, so that what was built
 * without it stays good. A minimal kernel's objects take some 20 MB of it.
 */
async function surroundings({ cache }: Context): Promise<string[]> {
  const there = await Promise.all(
    ccacheFolders.map(async (folder) => ((await isThere(`${folder}/gcc`)) ? [folder] : [])),
  );
  return [
    `PATH=${[...there.flat(), process.env['PATH'] ?? ''].join(':')}`,
    'LANG=C',
    `CCACHE_DIR=${path.join(cache.root, 'ccache')}`,
    'CCACHE_MAXSIZE=1G',
    'CCACHE_COMPILERCHECK=content',
  ];
}
