import { BenchError, RequestError, type Context } from '@pinbench/host';
import { checkOut } from './check-out.ts';
import type { Located } from './locate.ts';
import { findCommit, isPartial, type Commit, type Repository } from './repository.ts';
import type { Taken } from './snapshot.ts';
import { treeWithChanges, uncommittedFiles, viewCheckout, type Checkout } from './work-tree.ts';

/**
 * What a git repository has at a revision, or in its work tree.
 * @throws RequestError when it has no such revision, or no work tree to take changes from.
 */
export async function takeGitTree(
  context: Context,
  repository: Repository,
  { path: place, rev }: Located,
  { dirty }: { dirty: boolean },
): Promise<Taken> {
  const found = await findCommit(context, repository, rev ?? 'HEAD');
  if (!found) throw unknownRevision(place, rev);
  const checkout = await checkoutOf(context, repository, found);
  if (dirty && !checkout) throw nothingDirty(place, repository, rev);
  const { commit, subject } = found;
  const lost = await lostObjects(context, repository, place, commit);
  const view = checkout && (await viewCheckout(context, checkout, commit).catch(lost));
  const uncommitted = view && (await uncommittedFiles(context, view));
  const changed =
    dirty && view && uncommitted && uncommitted.length > 0
      ? await treeWithChanges(context, view, uncommitted)
      : undefined;
  const tree = changed?.tree ?? found.tree;
  const stores = [repository.objects, ...(changed ? [changed.store] : [])];
  const objects = { stores, format: repository.format };
  const commitName = `commit ${commit.slice(0, 12)}`;
  return {
    tree: {
      kind: 'git',
      path: place,
      commit,
      subject,
      dirty,
      ...(uncommitted && { uncommitted: uncommitted.length }),
    },
    identity: changed ? `${commitName} with changes (tree ${tree.slice(0, 12)})` : commitName,
    snapshot: {
      key: { git: tree },
      lay: (own, folder, paths) => checkOut(own, objects, tree, folder, paths).catch(lost),
    },
  };
}

/** A repository whose work tree stands at this commit: what is uncommitted there, is a change to it. */
async function checkoutOf(
  context: Context,
  repository: Repository,
  { commit }: Commit,
): Promise<Checkout | undefined> {
  const { workTree } = repository;
  if (workTree === undefined) return undefined;
  const head = await findCommit(context, repository, 'HEAD');
  return head?.commit === commit ? { ...repository, workTree } : undefined;
}

const unknownRevision = (place: string, rev: string | undefined): RequestError =>
  rev === undefined
    ? new RequestError(`${place} has no commit yet`, {
        hint: `commit there what is to be tried, or name a revision: --base tree:${place}@REV`,
      })
    : new RequestError(`${place} has no revision ${rev}`, {
        hint: `\`git -C ${place} log --oneline --all\` lists what it has, \`git fetch\` brings what is elsewhere`,
      });

const nothingDirty = (
  place: string,
  { workTree }: Repository,
  rev: string | undefined,
): RequestError =>
  workTree === undefined
    ? new RequestError(`--dirty takes uncommitted changes, and ${place} has no work tree`, {
        hint: 'leave --dirty out, or give a checkout',
      })
    : new RequestError(
        `--dirty takes changes to what is checked out, and ${rev ?? 'HEAD'} is not what is checked out in ${place}`,
        { hint: `leave --dirty out, or the revision: --base tree:${place}` },
      );

/** Makes of git's failing to read an object what its user can do about it. */
async function lostObjects(
  context: Context,
  repository: Repository,
  place: string,
  commit: string,
): Promise<(error: unknown) => never> {
  const partial = await isPartial(context, repository);
  return (error) => {
    if (!(error instanceof BenchError) || !error.detail.some(isAboutObjects)) throw error;
    throw new RequestError(
      partial
        ? `${place} is a partial clone and lacks files of ${commit.slice(0, 12)}; pinbench fetches nothing into it`
        : `${place} is damaged: it lacks files of ${commit.slice(0, 12)}`,
      {
        hint: partial
          ? `fetch them first: git -C ${place} archive --output=/dev/null ${commit.slice(0, 12)}`
          : `\`git -C ${place} fsck\` lists what is missing`,
        detail: error.detail,
        cause: error,
      },
    );
  };
}

const isAboutObjects = (line: string): boolean =>
  /unable to read|cannot read object|could not read|missing (blob|tree)|bad tree|not a tree object/i.test(
    line,
  );
