import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fetchPackages } from '@pinbench/debian';
import { BenchError, run, type Context } from '@pinbench/host';
import type { DebianBase } from './debian-base.ts';

/** The folder to hand to `make -C`, the kernel's configuration in it, and the root that it and what it uses lie in. */
export type KernelHeaders = { folder: string; config: string; root: string };

/** To be raised when what is made of the same input changes. */
const recipe = 1;

/** Unpacks the base's headers so that they need nothing that is installed on the host. */
export async function unpackHeaders(context: Context, base: DebianBase): Promise<KernelHeaders> {
  const key = { recipe, packages: base.headers.map(({ name, version }) => ({ name, version })) };
  const root = await context.cache.entry('kernel-headers', key, async (making) => {
    for (const file of await fetchPackages(context, base.archive, base.headers))
      await run('dpkg-deb', ['-x', file, making], { signal: context.signal });
    const makefile = path.join(making, headersPath(base), 'Makefile');
    await writeFile(makefile, relocate(await readFile(makefile, 'utf8')));
  });
  const folder = path.join(root, headersPath(base));
  return { folder, config: path.join(folder, '.config'), root };
}

const headersPath = (base: DebianBase): string => `usr/src/linux-headers-${base.release}`;

/**
 * Debian's Makefile includes the common headers' by an absolute path, and from 6.19 on says by one where it lies itself;
 * ours finds both beside itself.
 */
export function relocate(makefile: string): string {
  const absolute = /^include \/usr\/src\//m;
  if (!absolute.test(makefile))
    throw new BenchError("the headers package's Makefile is not as expected", {
      detail: makefile.split('\n').slice(0, 5),
    });
  const here = '$(dir $(abspath $(lastword $(MAKEFILE_LIST))))';
  return makefile
    .replace(absolute, `include ${here}../`)
    .replace(/^(KBUILD_OUTPUT)=\/usr\/src\/.*$/m, `$1:=${here}`);
}
