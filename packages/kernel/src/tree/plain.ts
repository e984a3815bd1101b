import { RequestError } from '@pinbench/host';
import type { Located } from './locate.ts';

/** @throws RequestError when something is asked of a folder or a tarball that only git can tell. */
export function refuseGitOnly({ path: place, rev, kind }: Located, dirty: boolean): void {
  const what = kind === 'folder' ? 'a plain folder' : 'a tarball';
  if (rev !== undefined) {
    throw new RequestError(`${place} is ${what}, and only git trees have revisions`, {
      hint: `leave out @${rev}, or give a git repository`,
    });
  }
  if (!dirty) return;
  throw new RequestError(
    `--dirty takes uncommitted changes of a git tree, and ${place} is ${what}`,
    {
      hint: 'leave --dirty out: a folder or a tarball is taken as it is',
    },
  );
}
