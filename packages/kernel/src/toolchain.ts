import { BenchError, tryRun, type Context } from '@pinbench/host';
import type { Config } from './kbuild.ts';

/** The compiler the modules are built with, and whether it is the one the kernel was built with. */
export type Toolchain = { compiler: string; version: string; linker: string; note?: string };

/**
 * The line's own compiler if it is installed, else the host's gcc.
 * @throws BenchError when there is none.
 */
export async function findToolchain(
  context: Context,
  preferred: string,
  config: Config,
): Promise<Toolchain> {
  const linker = firstLine((await versionOf('ld', context)) ?? '');
  for (const compiler of [preferred, 'gcc']) {
    const answer = await versionOf(compiler, context);
    if (answer === undefined) continue;
    const version = firstLine(answer);
    const note = compareCompilers(version, config);
    return { compiler, version, linker, ...(note !== undefined && { note }) };
  }
  throw new BenchError('no C compiler is installed', { hint: `apt install ${preferred}` });
}

/** One sentence when the kernel was built with another major version of gcc (CONFIG_GCC_VERSION: 120200 is 12.2.0). */
export function compareCompilers(version: string, config: Config): string | undefined {
  const kernel = Math.floor(Number(config.get('CONFIG_GCC_VERSION')) / 10_000);
  const [, ours] = /(\d+)\.\d+\.\d+$/.exec(version) ?? [];
  return ours === undefined || Number(ours) === kernel
    ? undefined
    : `the kernel was built with gcc ${kernel}, the modules with gcc ${ours}`;
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';

async function versionOf(program: string, { signal }: Context): Promise<string | undefined> {
  try {
    const { exitCode, stdout } = await tryRun(program, ['--version'], { signal });
    return exitCode === 0 ? stdout : undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BenchError) return undefined;
    throw error;
  }
}
