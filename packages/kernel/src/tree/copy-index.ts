import { copyFile, readdir, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from '@pinbench/host';
import { git } from './git.ts';
import type { Checkout } from './work-tree.ts';

/** Copies what git knows of the files of a checkout, and what it is to ignore, into a repository of ours. */
export async function copyIndex(
  context: Context,
  { gitDir: original, workTree }: Checkout,
  gitDir: string,
): Promise<void> {
  const names = ['index', 'info/exclude', 'info/attributes'];
  const args = ['rev-parse', ...names.flatMap((name) => ['--git-path', name])];
  const { stdout } = await git(context, original, args, { cwd: workTree });
  const places = stdout.split('\n').map((name) => path.resolve(workTree, name));
  for (const [index, name] of names.entries())
    await copyIfThere(places[index] ?? '', path.join(gitDir, name));
  const folder = path.dirname(places[0] ?? '');
  // The larger part of an index that is split (core.splitIndex).
  for (const name of (await readdir(folder)).filter((each) => each.startsWith('sharedindex.')))
    await copyIfThere(path.join(folder, name), path.join(gitDir, name));
}

/**
 * Keeps the time: a file that was written to later than the index or just then is read, not trusted (racy git). Being
 * a part of a second older means to trust less.
 */
async function copyIfThere(from: string, to: string): Promise<void> {
  const seen = await stat(from).catch(() => undefined);
  if (seen === undefined) return;
  await copyFile(from, to);
  const seconds = Math.floor(seen.mtimeMs / 1000);
  await utimes(to, seconds, seconds);
}
