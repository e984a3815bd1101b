import { lstat, readdir, readlink } from 'node:fs/promises';
import path from 'node:path';

/**
 * The file that a path inside a folder of unpacked packages leads to, following symbolic links as if the folder were
 * the root. Undefined if there is none.
 */
export async function resolveInside(root: string, name: string): Promise<string | undefined> {
  let current = path.posix.join('/', name);
  for (let links = 0; links < 10; links += 1) {
    const file = path.join(root, current);
    const stat = await lstat(file).catch(() => undefined);
    if (stat === undefined) return undefined;
    if (!stat.isSymbolicLink()) return stat.isFile() ? file : undefined;
    current = path.posix.resolve(path.posix.dirname(current), await readlink(file));
  }
  return undefined;
}

/** The first of several places at which a file lies. */
export async function findInside(
  root: string,
  folders: readonly string[],
  name: string,
): Promise<string | undefined> {
  for (const folder of folders) {
    const file = await resolveInside(root, path.posix.join(folder, name));
    if (file !== undefined) return file;
  }
  return undefined;
}

/** Where Debian keeps programs, before and after the merge of / and /usr. */
export const programFolders = ['bin', 'sbin', 'usr/bin', 'usr/sbin'];

/** Where Debian keeps libraries: the folders of the architecture (x86_64-linux-gnu, …), then the plain ones. */
export async function libraryFolders(root: string): Promise<string[]> {
  const plain = ['lib', 'usr/lib', 'lib64', 'usr/lib64'];
  const architectures = plain.map(async (folder) => {
    const names = await readdir(path.join(root, folder)).catch(() => []);
    return names.filter((name) => name.includes('-linux-gnu')).map((name) => `${folder}/${name}`);
  });
  return [...(await Promise.all(architectures)).flat(), ...plain];
}
