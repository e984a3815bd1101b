import { readFile } from 'node:fs/promises';
import type { Context } from '@pinbench/host';
import type { DebianBase } from './debian-base.ts';
import type { ModuleMaker } from './build.ts';
import type { KernelHeaders } from './headers.ts';
import { makeModules, openKbuild } from './kbuild-session.ts';
import { parseConfig } from './kbuild.ts';
import { findToolchain, type Toolchain } from './toolchain.ts';

/** Compiles modules of `folder` of the source against the kernel's headers, with the compiler found for them. */
export async function headersMaker(
  context: Context,
  base: DebianBase,
  headers: KernelHeaders,
  folder: string,
): Promise<ModuleMaker & { toolchain: Toolchain }> {
  const config = parseConfig(await readFile(headers.config, 'utf8'));
  const toolchain = await findToolchain(context, base, headers, config);
  const session = await openKbuild(context, base, headers, toolchain, folder);
  return {
    // The session's key names headers, compiler and linker, each with its version.
    key: { kbuild: session.key, environment: session.environment },
    make: (work, targets) => makeModules(context, session, work, targets),
    toolchain,
  };
}
