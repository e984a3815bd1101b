import { open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from './run.ts';

/** The sizes, in bytes, of an entry's files by their paths in it: all of them, or those at its top where there are many. */
type Manifest = { key: unknown; files: Record<string, number> };

const manifestName = '.pinbench-entry.json';

/** Up to so many files an entry is looked at whole at every use: 200 take 5 ms. */
const few = 200;

/** Whether a folder was made to the end, and its files have not been cut off since. */
export async function isWhole(folder: string): Promise<boolean> {
  try {
    const manifest = JSON.parse(
      await readFile(path.join(folder, manifestName), 'utf8'),
    ) as Manifest;
    const sizes = await sizesOf(folder, Object.keys(manifest.files));
    return Object.entries(manifest.files).every(([name, size]) => sizes[name] === size);
  } catch {
    return false;
  }
}

/** Puts a made folder on the disk, with what tells that it is whole: a host that loses power must not leave half of it. */
export async function seal(folder: string, key: unknown): Promise<void> {
  const all = await allFiles(folder);
  const names = all ?? (await topFiles(folder));
  const manifest: Manifest = { key, files: await sizesOf(folder, names) };
  await writeFile(path.join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
  // One file after another is cheap beside another run's writing, and dear for thousands of files.
  if (all === undefined) await run('sync', ['-f', folder]);
  else await Promise.all([...all, manifestName].map((name) => toDisk(path.join(folder, name))));
}

/** Removes an entry, so that one that is half removed does not look whole. */
export async function unmake(folder: string): Promise<void> {
  await rm(path.join(folder, manifestName), { force: true });
  await rm(folder, { recursive: true, force: true });
}

/** Undefined when there are more than a few. */
async function allFiles(folder: string): Promise<string[] | undefined> {
  const names: string[] = [];
  for await (const file of filesUnder(folder)) {
    names.push(path.relative(folder, file));
    if (names.length > few) return undefined;
  }
  return names;
}

async function* filesUnder(folder: string): AsyncGenerator<string> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(place);
    else if (entry.isFile()) yield place;
  }
}

async function topFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

async function sizesOf(folder: string, names: readonly string[]): Promise<Record<string, number>> {
  const sizes = names.map(
    async (name) => [name, (await stat(path.join(folder, name))).size] as const,
  );
  return Object.fromEntries(await Promise.all(sizes));
}

async function toDisk(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
