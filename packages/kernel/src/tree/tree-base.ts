import { openArchive, type Archive } from '@pinbench/debian';
import type { Context } from '@pinbench/host';
import type { BaseInResult, TreeInResult } from '@pinbench/model';
import { spellVersion } from '../source-version.ts';
import { takeFolderTree } from './folder-tree.ts';
import { takeGitTree } from './git-tree.ts';
import { kernelVersionOf } from './kernel-version.ts';
import { locate } from './locate.ts';
import { refuseGitOnly } from './plain.ts';
import { openRepository } from './repository.ts';
import type { Snapshot, Taken } from './snapshot.ts';
import { takeTarball } from './tarball.ts';

/** A kernel tree of the user's, which is only read. */
export type TreeBase = BaseInResult & {
  kind: 'tree';
  tree: TreeInResult;
  snapshot: Snapshot;
  /** The suite that what runs in the guest is taken from. */
  archive: Archive;
};

/** That of the oldest host pinbench runs on; what is taken from it runs on kernels from 3.2 on. */
const suite = 'bookworm';

export type TreeOptions = { update: boolean; dirty: boolean; from: string };

/**
 * Looks at the tree that `tree:PATH[@REV]` names.
 * @throws RequestError when there is none, it is not a kernel's, or what is asked for does not go with its kind.
 */
export async function resolveTreeBase(
  context: Context,
  spec: string,
  { update, dirty, from }: TreeOptions,
): Promise<TreeBase> {
  const { tree, snapshot, identity } = await take(context, spec, { dirty, from });
  const version = await kernelVersionOf(context, tree.path, snapshot);
  return {
    kind: 'tree',
    spec,
    release: spellVersion(version),
    sourceVersion: identity,
    packages: [],
    resolvedAt: new Date().toISOString(),
    tree,
    snapshot,
    archive: openArchive(context, suite, { update }),
  };
}

async function take(
  context: Context,
  spec: string,
  { dirty, from }: Pick<TreeOptions, 'dirty' | 'from'>,
): Promise<Taken> {
  const located = await locate(spec, from);
  const repository =
    located.kind === 'folder' ? await openRepository(context, located.path) : undefined;
  if (repository) return takeGitTree(context, repository, located, { dirty });
  refuseGitOnly(located, dirty);
  return located.kind === 'folder'
    ? takeFolderTree(context, located.path)
    : takeTarball(context, located.path);
}
