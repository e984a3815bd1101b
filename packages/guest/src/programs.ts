import { BenchError } from '@pinbench/host';
import { readDynamic } from './elf.ts';
import { findInside, libraryFolders, programFolders, resolveInside } from './unpacked.ts';

/** A file's place in the guest, and where its content lies on the host. */
export type Placed = { name: string; source: string };

/** What the guest runs, and the Debian package that each comes from. */
const packageOf = {
  busybox: 'busybox-static',
  mke2fs: 'e2fsprogs',
  'mkfs.xfs': 'xfsprogs',
  ndctl: 'ndctl',
} as const;

/** Without it mke2fs warns, and makes file systems with other features than Debian's. */
const configFiles = ['etc/mke2fs.conf'];

/**
 * The guest's programs, with every library that they need and the loader, out of a folder of unpacked packages.
 * @throws BenchError when one is not among them.
 */
export async function collectPrograms(tools: string, signal: AbortSignal): Promise<Placed[]> {
  const programs = await Promise.all(
    Object.entries(packageOf).map(async ([name, from]) => ({
      name: `bin/${name}`,
      source: found(await findInside(tools, programFolders, name), name, from),
    })),
  );
  const configs = await Promise.all(
    configFiles.map(async (name) => ({
      name,
      source: found(await resolveInside(tools, name), name, packageOf.mke2fs),
    })),
  );
  return [...programs, ...(await collectLibraries(tools, programs, signal)), ...configs];
}

/**
 * The libraries that files need, those that these need in turn, and the loader.
 * @throws BenchError when one is not in the folder.
 */
export async function collectLibraries(
  tools: string,
  files: readonly Placed[],
  signal: AbortSignal,
): Promise<Placed[]> {
  const folders = await libraryFolders(tools);
  const collected = new Map<string, Placed>();
  const waiting = [...files];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    const { interpreter, needed } = await readDynamic(file.source, signal);
    const wanted = needed.map((name) => `lib/${name}`);
    if (interpreter !== undefined) wanted.push(interpreter.replace(/^\//, ''));
    for (const name of wanted.filter((each) => !collected.has(each))) {
      const placed = { name, source: await findLibrary(tools, folders, name, file.name) };
      collected.set(name, placed);
      waiting.push(placed);
    }
  }
  return [...collected.values()];
}

async function findLibrary(
  tools: string,
  folders: readonly string[],
  name: string,
  neededBy: string,
): Promise<string> {
  const base = name.slice(name.lastIndexOf('/') + 1);
  return found(await findInside(tools, folders, base), base, `the dependencies of ${neededBy}`);
}

function found(file: string | undefined, name: string, from: string): string {
  if (file !== undefined) return file;
  throw new BenchError(`${name} is not among the packages for the guest`, {
    hint: `it should come with ${from}`,
  });
}
