import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, type Context } from '@pinbench/host';
import { git } from './git.ts';
import { makePrivateRepository, type Objects } from './private-repository.ts';

/**
 * Checks a git tree out into an empty folder of ours, whole or in part, as git does for its user: with the line ends
 * that .gitattributes asks for, and with the files that are kept out of archives.
 * @throws BenchError with what git said, when it could not.
 */
export async function checkOut(
  context: Context,
  objects: Objects,
  tree: string,
  folder: string,
  paths?: readonly string[],
): Promise<void> {
  const gitDir = await makePrivateRepository(context, objects);
  const patterns = paths?.map((name) => `/${name}\n`).join('');
  if (patterns !== undefined) await writeFile(path.join(gitDir, 'info/sparse-checkout'), patterns);
  const settings = {
    'core.bare': 'false',
    'core.sparseCheckout': String(patterns !== undefined),
    // As many as there are processors.
    'checkout.workers': '0',
  };
  const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const args = [...words, `--work-tree=${folder}`, 'read-tree', '-m', '-u', tree];
  const { exitCode, stderr } = await git(context, gitDir, args, { cwd: folder });
  await rm(gitDir, { recursive: true });
  if (exitCode === 0) return;
  throw new BenchError('git could not check the tree out', {
    detail: stderr.trim().split('\n').slice(-3),
  });
}
