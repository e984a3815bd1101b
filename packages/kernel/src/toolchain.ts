import path from 'node:path';
import { BenchError, tryRun, type Context } from '@pinbench/host';
import type { DebianBase } from './debian-base.ts';
import type { KernelHeaders } from './headers.ts';
import type { Config } from './kbuild.ts';
import { whyNoSandbox } from './sandbox.ts';
import { unpackToolchain } from './toolchain-root.ts';

/**
 * The compiler the modules are built with, where it came from, and what there is to say if it is not the one the kernel
 * was built with. `root` is what kbuild runs in, where it does not run on the host itself.
 */
export type Toolchain = {
  compiler: string;
  version: string;
  linker: string;
  root?: string;
  origin: string;
  note?: string;
};

/**
 * The base's own compiler: the host's, if it is installed and the kernel's build tools run here, else that of the
 * base's release, in a root of its own. Where there can be none, the host's gcc has to do.
 * @throws BenchError when nothing here can build for the base.
 */
export async function findToolchain(
  context: Context,
  base: DebianBase,
  headers: KernelHeaders,
  config: Config,
): Promise<Toolchain> {
  const [own, toolsRun] = await Promise.all([
    hostToolchain(context, base.compiler, config),
    buildToolsRun(context, headers),
  ]);
  if (own && toolsRun) return own;
  const obstacle = await whyNoSandbox(context);
  if (obstacle === undefined) {
    const { folder, suite, ...versions } = await unpackToolchain(context, base);
    return { compiler: base.compiler, ...versions, root: folder, origin: `Debian ${suite}` };
  }
  const other = toolsRun ? await hostToolchain(context, 'gcc', config) : undefined;
  if (!other)
    throw new BenchError(
      `${base.spec} needs ${base.compiler} of its own release, which cannot be run here: ${obstacle}`,
      { hint: 'apt install bubblewrap; where user namespaces are not allowed, it takes root' },
    );
  const note = `${other.note ?? `built with the host's gcc`}: its own cannot be run here (${obstacle})`;
  return { ...other, note };
}

async function hostToolchain(
  context: Context,
  compiler: string,
  config: Config,
): Promise<Toolchain | undefined> {
  const [answer, linker] = await Promise.all([
    versionOf(compiler, context),
    versionOf('ld', context),
  ]);
  if (answer === undefined) return undefined;
  const version = firstLine(answer);
  const note = compareCompilers(version, config);
  return {
    compiler,
    version,
    linker: firstLine(linker ?? ''),
    origin: 'the host',
    ...(note !== undefined && { note }),
  };
}

/** Whether the prebuilt tools of the headers find the C library that they were linked with, or a newer one. */
async function buildToolsRun({ signal }: Context, { folder }: KernelHeaders): Promise<boolean> {
  const { stderr } = await tryRun(path.join(folder, 'scripts/basic/fixdep'), [], { signal });
  return stderr.startsWith('Usage:');
}

/** One sentence when the kernel was built with another major version of gcc (CONFIG_GCC_VERSION: 120200 is 12.2.0). */
export function compareCompilers(version: string, config: Config): string | undefined {
  const kernel = Math.floor(Number(config.get('CONFIG_GCC_VERSION')) / 10_000);
  const [, ours] = /(\d+)\.\d+\.\d+(?: \d{8})?$/.exec(version) ?? [];
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
