import { RequestError, type Context } from '@pinbench/host';
import { readSourceVersion } from '../source-version.ts';
import { git } from './git.ts';
import { checkOut } from './git-store.ts';
import type { Located } from './locate.ts';
import { readCommit, type Repository } from './repository.ts';
import type { Taken } from './tree-base.ts';

/** What a git repository has at a revision. */
export async function takeGitTree(
  context: Context,
  repository: Repository,
  { path: place, rev = 'HEAD' }: Located,
  { dirty }: { dirty: boolean },
): Promise<Taken> {
  if (dirty) throw new RequestError('--dirty is not there yet');
  const { commit, tree, subject } = await readCommit(context, repository, place, rev);
  const makefile = await git(context, repository.gitDir, ['cat-file', 'blob', `${tree}:Makefile`]);
  const version = readSourceVersion(makefile.stdout);
  if (!version) throw new RequestError(`${place} is not a kernel tree`);
  const objects = { stores: [repository.objects], format: repository.format };
  return {
    tree: { kind: 'git', path: place, commit, subject, dirty: false },
    identity: `commit ${commit.slice(0, 12)}`,
    snapshot: {
      key: { git: tree },
      version,
      lay: (own, folder, paths) => checkOut(own, objects, tree, folder, paths),
    },
  };
}
