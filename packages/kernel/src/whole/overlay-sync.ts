import { copyFile, lstat, mkdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import type { KernelSource, Overlay } from './inputs.ts';

/**
 * Brings a tree to the state of the source with an overlay on it, or to that of the source alone. Only what differs is
 * written, and as a new file: the tree shares its files with the source by hard links, and make goes by the time.
 * @param touched paths that may differ from the source at present
 * @returns the paths that were written or deleted
 */
export async function syncOverlay(
  tree: string,
  source: Pick<KernelSource, 'folder'>,
  overlay: Pick<Overlay, 'folder' | 'touched'> | undefined,
  touched: readonly string[],
): Promise<string[]> {
  const over = new Set(overlay?.touched);
  const changed: string[] = [];
  for (const name of new Set([...touched, ...over])) {
    const from = path.join(over.has(name) && overlay ? overlay.folder : source.folder, name);
    const to = path.join(tree, name);
    const [wanted, found] = await Promise.all([look(from), look(to)]);
    if (wanted === found) continue;
    changed.push(name);
    await (wanted === undefined ? remove(to) : replace(from, to));
  }
  return changed;
}

/** Kind, mode and content of a file as one text, or nothing if it is not there. */
async function look(file: string): Promise<string | undefined> {
  const seen = await lstat(file).catch(() => undefined);
  if (seen === undefined) return undefined;
  if (seen.isSymbolicLink()) return `link ${await readlink(file)}`;
  return `file ${seen.mode & 0o100} ${await readFile(file, 'latin1')}`;
}

async function replace(from: string, to: string): Promise<void> {
  const beside = `${to}.pinbench-new`;
  await mkdir(path.dirname(to), { recursive: true });
  await rm(beside, { force: true });
  if ((await lstat(from)).isSymbolicLink()) await symlink(await readlink(from), beside);
  else await copyFile(from, beside);
  await rename(beside, to);
}

/** What was made of a deleted source goes too: make would take an object without a source for ready. */
async function remove(file: string): Promise<void> {
  await rm(file, { force: true });
  if (/\.[cS]$/.test(file)) await rm(file.replace(/\.[cS]$/, '.o'), { force: true });
}
