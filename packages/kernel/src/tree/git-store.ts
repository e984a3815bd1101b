import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, type Context } from '@pinbench/host';
import { git } from './git.ts';

/** Object stores that a repository of ours sees, and the kind of their hashes. */
export type Objects = { stores: readonly string[]; format: string };

/**
 * A bare repository of ours that sees the objects of others. Everything that git writes goes here, and nothing of the
 * user's settings, such as hooks, filters or a monitor, is run.
 */
export async function makeGitDir(context: Context, { stores, format }: Objects): Promise<string> {
  const gitDir = await mkdtemp(path.join(context.scratch, 'git-'));
  const options = ['--quiet', '--bare', '--template=', `--object-format=${format}`];
  const { exitCode, stderr } = await git(context, gitDir, [
    '-c',
    'init.defaultBranch=main',
    'init',
    ...options,
  ]);
  if (exitCode !== 0)
    throw new BenchError('git made no repository', { detail: stderr.split('\n') });
  await mkdir(path.join(gitDir, 'info'), { recursive: true });
  await writeFile(path.join(gitDir, 'objects/info/alternates'), stores.map(quote).join(''));
  return gitDir;
}

/** As objects/info/alternates takes paths with whatever is in them. */
const quote = (store: string): string =>
  `"${store.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"\n`;

/**
 * Checks a tree out into a folder, as git would for its user, whole or in part.
 */
export async function checkOut(
  context: Context,
  objects: Objects,
  tree: string,
  folder: string,
  paths?: readonly string[],
): Promise<void> {
  const gitDir = await makeGitDir(context, objects);
  const parts = paths?.map((name) => `/${name}\n`).join('');
  if (parts !== undefined) await writeFile(path.join(gitDir, 'info/sparse-checkout'), parts);
  const settings = [
    ...['-c', 'core.bare=false', '-c', 'checkout.workers=0'],
    ...['-c', `core.sparseCheckout=${String(parts !== undefined)}`],
  ];
  const args = [...settings, `--work-tree=${folder}`, 'read-tree', '-m', '-u', tree];
  const { exitCode, stderr } = await git(context, gitDir, args, { cwd: folder });
  if (exitCode === 0) return;
  throw new BenchError('git could not check the tree out', {
    detail: stderr.split('\n').slice(-3),
  });
}
