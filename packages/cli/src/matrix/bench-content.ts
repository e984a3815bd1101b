import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { digest, repositoryRoot, tryRun, type Json } from '@pinbench/host';
import { benchVersion } from '../version.ts';

/**
 * What the bench is: its version and commit and, where files of it were changed since, their content. Outside of git
 * the version is all there is.
 */
export async function benchContent(): Promise<Json> {
  const { version, commit } = await benchVersion();
  if (commit === undefined) return { version };
  const changed = await changedFiles();
  const contents = await Promise.all(
    changed.map(async (name) => {
      const text = await readFile(path.join(repositoryRoot, name), 'utf8').catch(() => 'gone');
      return { name, digest: digest(text) };
    }),
  );
  return { version, commit, changed: contents };
}

/** Of what runs: the packages and what is not TypeScript. Its tests and its papers change nothing that a row says. */
async function changedFiles(): Promise<string[]> {
  const listed = await tryRun(
    'git',
    [
      ...['-C', repositoryRoot, 'status', '--porcelain', '-z', '--no-renames'],
      ...['--untracked-files=all', '--', 'packages', 'qemu', ':!packages/*/test'],
    ],
    { env: { GIT_OPTIONAL_LOCKS: '0' } },
  );
  return listed.stdout
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => entry.slice('XY '.length));
}
