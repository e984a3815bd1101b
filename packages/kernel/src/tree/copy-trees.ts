import { rm } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, type Context } from '@pinbench/host';
import { git } from './git.ts';
import { makePrivateRepository, type Objects } from './private-repository.ts';

/**
 * Copies a commit and its trees, without files, into a repository of ours, where they can be compared with an index. A
 * kernel's are 5,000 objects. They are read through another one of ours, for git makes packs where it reads from.
 * @throws BenchError with what git said, when one is missing.
 */
export async function copyTrees(
  context: Context,
  objects: Objects,
  commit: string,
  to: string,
): Promise<void> {
  const reader = await makePrivateRepository(context, objects);
  const ask = async (args: readonly string[], input?: string): Promise<string> => {
    const finished = await git(context, reader, args, { ...(input !== undefined && { input }) });
    if (finished.exitCode === 0) return finished.stdout;
    const detail = finished.stderr.trim().split('\n').slice(-3);
    throw new BenchError(`git could not read the folders of ${commit}`, { detail });
  };
  const top = await ask(['rev-parse', `${commit}^{tree}`]);
  const rows = (await ask(['ls-tree', '-r', '-d', '-z', commit])).split('\0');
  // "040000 tree HASH\tNAME"; a submodule is a commit, which is not here.
  const below = rows.flatMap((row) => /^\d+ tree ([0-9a-f]+)\t/.exec(row)?.[1] ?? []);
  const pack = path.join(to, 'objects/pack/pack');
  const names = `${[commit, top.trim(), ...below].join('\n')}\n`;
  await ask(['pack-objects', '--quiet', '--window=0', pack], names);
  await rm(reader, { recursive: true });
}
