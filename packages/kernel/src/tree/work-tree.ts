import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, type Context } from '@pinbench/host';
import { copyIndex } from './copy-index.ts';
import { copyTrees } from './copy-trees.ts';
import { git } from './git.ts';
import { makePrivateRepository } from './private-repository.ts';
import type { Repository } from './repository.ts';

/** A repository with a work tree. */
export type Checkout = Repository & { workTree: string };

/**
 * A checkout seen from a repository of ours: with copies of its index and of its commit's trees, and with no way to
 * the user's objects, for asking git what changed may make objects.
 */
export type View = {
  gitDir: string;
  workTree: string;
  /** Those settings of the repository and its user that decide what is a change. */
  settings: string[];
};

/** @throws BenchError with what git said, when it cannot read the commit's trees. */
export async function viewCheckout(
  context: Context,
  checkout: Checkout,
  commit: string,
): Promise<View> {
  const { gitDir: original, objects, format, workTree } = checkout;
  const gitDir = await makePrivateRepository(context, { stores: [], format });
  await copyTrees(context, { stores: [objects], format }, commit, gitDir);
  await copyIndex(context, checkout, gitDir);
  await writeFile(path.join(gitDir, 'HEAD'), `${commit}\n`);
  return { gitDir, workTree, settings: await settingsOf(context, original) };
}

/**
 * The files that are not as in the commit: changed, staged, deleted, or new and not ignored. Repositories inside are
 * not looked into.
 */
export async function uncommittedFiles(context: Context, view: View): Promise<string[]> {
  const stdout = await look(context, view, [
    ...['status', '--porcelain', '-z', '--no-renames'],
    ...['--untracked-files=all', '--ignore-submodules=all'],
  ]);
  const names = stdout.split('\0').map((line) => line.slice('XY '.length));
  return names.filter((name) => name !== '' && !name.endsWith('/'));
}

/** The tree that committing these files would make, and the store that holds what is new in it. */
export async function treeWithChanges(
  context: Context,
  view: View,
  files: readonly string[],
): Promise<{ tree: string; store: string }> {
  const args = ['update-index', '--add', '--remove', '--replace', '-z', '--stdin'];
  await look(context, view, args, files.map((name) => `${name}\0`).join(''));
  const tree = await look(context, view, ['write-tree', '--missing-ok']);
  return { tree: tree.trim(), store: path.join(view.gitDir, 'objects') };
}

const deciding =
  '^core\\.(filemode|symlinks|ignorecase|precomposeunicode|autocrlf|eol|excludesfile|trustctime|checkstat)$';

async function settingsOf(context: Context, gitDir: string): Promise<string[]> {
  const args = ['config', '-z', '--get-regexp', deciding];
  const { stdout } = await git(context, gitDir, args, { userSettings: true });
  const lines = stdout.split('\0').filter((line) => line !== '');
  return lines.flatMap((line) => ['-c', line.replace('\n', '=')]);
}

async function look(
  context: Context,
  { gitDir, settings, workTree }: View,
  args: readonly string[],
  input?: string,
): Promise<string> {
  const words = ['-c', 'core.bare=false', ...settings, `--work-tree=${workTree}`, ...args];
  const options = { cwd: workTree, ...(input !== undefined && { input }) };
  const { exitCode, stdout, stderr } = await git(context, gitDir, words, options);
  if (exitCode === 0) return stdout;
  throw new BenchError(`git could not look for uncommitted changes in ${workTree}`, {
    detail: stderr.trim().split('\n').slice(-3),
  });
}
