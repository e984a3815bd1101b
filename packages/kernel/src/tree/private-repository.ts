import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, type Context } from '@pinbench/host';
import { git } from './git.ts';
import { quote } from './quote.ts';

/** Object stores that a repository of ours sees, and the kind of their hashes. */
export type Objects = { stores: readonly string[]; format: string };

/**
 * A bare repository of ours. What git writes goes here, and no hook, filter or monitor that a repository of the user's
 * may name is run. Where it sees the objects of others, nothing may be done that makes objects: git freshens the times
 * of those that it finds there already (freshen_packed_object(), object-file.c).
 */
export async function makePrivateRepository(
  context: Context,
  { stores, format }: Objects,
): Promise<string> {
  const gitDir = await mkdtemp(path.join(context.scratch, 'git-'));
  const options = ['--quiet', '--bare', '--template=', `--object-format=${format}`];
  const { exitCode, stderr } = await git(context, gitDir, ['init', ...options]);
  if (exitCode !== 0)
    throw new BenchError('git could not make a repository', { detail: stderr.split('\n') });
  await mkdir(path.join(gitDir, 'info'), { recursive: true });
  const lines = stores.map((store) => `${quote(store)}\n`).join('');
  await writeFile(path.join(gitDir, 'objects/info/alternates'), lines);
  return gitDir;
}
