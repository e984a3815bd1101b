import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fetchPackages } from '@pinbench/debian';
import { BenchError, run, type Context } from '@pinbench/host';
import type { DebianBase } from './debian-base.ts';
import { isThere } from './is-there.ts';

/** What is booted: the kernel, its configuration, and its modules folder (the one that holds `kernel/`). */
export type KernelImage = { vmlinuz: string; config: string; modules: string };

/** To be raised when what is made of the same input changes. */
const recipe = 2;

/** Unpacks the base's image. */
export async function unpackImage(context: Context, base: DebianBase): Promise<KernelImage> {
  const key = { recipe, packages: base.image.map(({ name, version }) => ({ name, version })) };
  const folder = await context.cache.entry('kernel-image', key, async (making) => {
    const files = await fetchPackages(context, base.archive, base.image);
    await lay(context, base, files, making);
  });
  return {
    vmlinuz: path.join(folder, 'vmlinuz'),
    config: path.join(folder, 'config'),
    modules: path.join(folder, 'modules'),
  };
}

async function lay(
  context: Context,
  base: DebianBase,
  files: readonly string[],
  folder: string,
): Promise<void> {
  for (const file of files) await run('dpkg-deb', ['-x', file, folder], { signal: context.signal });
  const at = (...names: string[]): string => path.join(folder, ...names);
  const modules = await firstThere(
    [at('lib/modules', base.release), at('usr/lib/modules', base.release)],
    'no modules',
  );
  // From 6.19 on what used to lie in /boot comes among the modules.
  const find = (name: string): Promise<string> =>
    firstThere([at('boot', `${name}-${base.release}`), path.join(modules, name)], `no ${name}`);
  await rename(await find('vmlinuz'), at('vmlinuz'));
  await rename(await find('config'), at('config'));
  await rename(modules, at('modules'));
  const wanted = ['modules', 'vmlinuz', 'config'];
  const rest = (await readdir(folder)).filter((name) => !wanted.includes(name));
  await Promise.all(rest.map((name) => rm(at(name), { recursive: true })));
}

async function firstThere(places: readonly string[], missing: string): Promise<string> {
  for (const place of places) if (await isThere(place)) return place;
  throw new BenchError(`the kernel image package holds ${missing}`, { detail: places });
}
