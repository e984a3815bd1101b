import { openArchive, type Archive } from '@pinbench/debian';
import { RequestError, type Context } from '@pinbench/host';
import type { BaseInResult, TreeInResult } from '@pinbench/model';
import { spellVersion } from '../source-version.ts';
import { takeGitTree } from './git-tree.ts';
import { locate } from './locate.ts';
import { openRepository } from './repository.ts';
import type { Snapshot } from './snapshot.ts';

export { isTreeSpec } from './locate.ts';

/** A kernel tree of the user's, which is only read. */
export type TreeBase = BaseInResult & {
  kind: 'tree';
  tree: TreeInResult;
  snapshot: Snapshot;
  /** The suite of what runs in the guest, and of what the kernel is built with. */
  archive: Archive;
};

/** What a tree turned out to be. `identity` names its content for a person. */
export type Taken = { tree: TreeInResult; snapshot: Snapshot; identity: string };

/** Of the tools in the guest; Debian 12's go back to kernels of 3.2. */
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
  return {
    kind: 'tree',
    spec,
    release: spellVersion(snapshot.version),
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
  throw new RequestError(`${located.path} is no git tree`, {
    hint: 'plain folders and tarballs cannot be read yet',
  });
}
