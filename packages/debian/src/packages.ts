import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import { BenchError, run, type Context, type Json } from '@pinbench/host';
import type { Archive } from './archive.ts';

type Named = { name: string; version: string };

/**
 * The .deb files of these packages, in order. Those not in the cache are downloaded with one call of apt, which holds
 * them against the hashes of the signed lists.
 * @throws BenchError when the mirror no longer has a version or does not answer.
 */
export async function fetchPackages(
  context: Context,
  archive: Archive,
  packages: readonly Named[],
): Promise<string[]> {
  const missing = await absent(context, archive, packages);
  if (missing.length > 0) await download(context, archive, packages);
  return Promise.all(
    packages.map(async (each) => {
      const file = await findDeb(context, archive, each);
      if (file !== undefined) return file;
      throw new BenchError(`apt did not deliver ${spell(each)}`);
    }),
  );
}

/**
 * A folder into which these packages, and nothing else, have been unpacked (no maintainer script is run). The cache
 * keeps it under the packages' names and versions.
 */
export async function unpackPackages(
  context: Context,
  archive: Archive,
  packages: readonly Named[],
): Promise<string> {
  const key = { architecture: archive.architecture, packages: packages.map(spell).sort() };
  const { signal } = context;
  const unpack = async (folder: string): Promise<void> => {
    const files = await fetchPackages(context, archive, packages);
    await pLimit(4).map(files, (file) => run('dpkg-deb', ['-x', file, folder], { signal }));
  };
  return context.cache.entry('unpacked', key, unpack, { signal });
}

const spell = ({ name, version }: Named): string => `${name}=${version}`;

const keyOf = (archive: Archive, { name, version }: Named): Json => ({
  name,
  version,
  architecture: archive.architecture,
});

async function findDeb(
  context: Context,
  archive: Archive,
  each: Named,
): Promise<string | undefined> {
  const folder = await context.cache.find('deb', keyOf(archive, each));
  return folder === undefined ? undefined : path.join(folder, 'package.deb');
}

async function absent<T extends Named>(
  context: Context,
  archive: Archive,
  packages: readonly T[],
): Promise<T[]> {
  const files = await Promise.all(packages.map((each) => findDeb(context, archive, each)));
  return packages.filter((_each, index) => files[index] === undefined);
}

async function download(
  context: Context,
  archive: Archive,
  packages: readonly Named[],
): Promise<void> {
  const folder = path.join(archive.folder, 'downloads');
  await archive.exclusively(context, async (apt) => {
    // Another run may have fetched them while this one waited; what one that was killed left behind goes.
    const missing = await absent(context, archive, packages);
    await rm(folder, { recursive: true, force: true });
    if (missing.length === 0) return;
    await mkdir(folder, { recursive: true });
    try {
      const names = missing.map(spell);
      await apt(`cannot download ${names.join(', ')}`, 'apt-get', ['download', ...names], folder);
      const files = await readdir(folder);
      await Promise.all(
        files.map((file) => keep(context, archive, missing, path.join(folder, file))),
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** Moves a downloaded file, NAME_VERSION_ARCHITECTURE.deb, into the cache. */
async function keep(
  context: Context,
  archive: Archive,
  packages: readonly Named[],
  file: string,
): Promise<void> {
  const each = packages.find(({ name }) => path.basename(file).startsWith(`${name}_`));
  if (!each) return;
  await context.cache.entry('deb', keyOf(archive, each), (entry) =>
    rename(file, path.join(entry, 'package.deb')),
  );
}
