import path from 'node:path';
import { RequestError, type Context } from '@pinbench/host';
import { isThere } from '../is-there.ts';
import { git } from './git.ts';

/** A repository of the user's. It is only read. */
export type Repository = {
  gitDir: string;
  /** Where its files are checked out; a bare one has none. */
  workTree?: string;
  /** Where its objects are. */
  objects: string;
  /** sha1 or sha256. */
  format: string;
};

/**
 * The repository that is checked out at a folder or is the folder; undefined for a plain folder, also for one inside a
 * checkout.
 * @throws RequestError when git cannot read it.
 */
export async function openRepository(
  context: Context,
  folder: string,
): Promise<Repository | undefined> {
  const inside = path.join(folder, '.git');
  if (await isThere(inside)) return { ...(await read(context, folder, inside)), workTree: folder };
  if (await looksLikeGitDir(folder)) return read(context, folder, folder);
  return undefined;
}

async function read(context: Context, folder: string, gitDir: string): Promise<Repository> {
  const args = ['rev-parse', '--absolute-git-dir', '--git-path', 'objects', '--show-object-format'];
  const { exitCode, stdout, stderr } = await git(context, gitDir, args, { cwd: folder });
  const [absolute = '', objects = '', format = ''] = stdout.split('\n');
  if (exitCode === 0) return { gitDir: absolute, objects: path.resolve(folder, objects), format };
  throw new RequestError(`git cannot read the repository at ${folder}`, {
    hint: 'give a tree that git can read, or a copy of its files without .git',
    detail: stderr.split('\n').slice(-3),
  });
}

/** The three things without which git takes no folder for a repository (is_git_directory(), setup.c). */
const looksLikeGitDir = async (folder: string): Promise<boolean> =>
  (
    await Promise.all(['HEAD', 'objects', 'refs'].map((name) => isThere(path.join(folder, name))))
  ).every(Boolean);

export type Commit = { commit: string; tree: string; subject: string };

/** Undefined when the repository has no such revision, or it is no commit. */
export async function findCommit(
  context: Context,
  { gitDir }: Repository,
  rev: string,
): Promise<Commit | undefined> {
  const args = ['rev-parse', '--quiet', '--verify', '--end-of-options', `${rev}^{commit}`];
  const found = await git(context, gitDir, args);
  if (found.exitCode !== 0) return undefined;
  const commit = found.stdout.trim();
  const format = ['--no-show-signature', '--no-walk', '--format=%T%n%s'];
  const { stdout } = await git(context, gitDir, ['log', ...format, commit]);
  const [tree = '', subject = ''] = stdout.split('\n');
  return { commit, tree, subject };
}

/** A partial clone has left out objects, and would fetch them when they are asked for. */
export async function isPartial(context: Context, { gitDir }: Repository): Promise<boolean> {
  const args = ['config', '--get-regexp', '^(extensions\\.partialclone|remote\\..*\\.promisor)$'];
  const { exitCode } = await git(context, gitDir, args);
  return exitCode === 0;
}
