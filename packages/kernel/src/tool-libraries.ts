import path from 'node:path';
import { resolve, unpackPackages } from '@pinbench/debian';
import { tryRun, type Context } from '@pinbench/host';
import type { DebianBase } from './debian-base.ts';
import type { KernelHeaders } from './headers.ts';

/** What the kernel's prebuilt build tools (objtool) link against beyond libc. */
const libraries = ['libelf1', 'zlib1g'];

/** Environment in which the headers' build tools run: with libraries of our own where the host has none. */
export async function toolLibraries(
  context: Context,
  base: DebianBase,
  headers: KernelHeaders,
): Promise<Record<string, string>> {
  const objtool = path.join(headers.folder, 'tools/objtool/objtool');
  const { all } = await tryRun('ldd', [objtool], { signal: context.signal });
  if (!all.includes('not found')) return {};
  const { packages } = await resolve(context, base.archive, libraries);
  const folder = await unpackPackages(context, base.archive, packages);
  return {
    LD_LIBRARY_PATH: ['usr/lib', 'lib']
      .map((name) => path.join(folder, name, 'x86_64-linux-gnu'))
      .join(':'),
  };
}
