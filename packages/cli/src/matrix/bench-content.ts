import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, digest, repositoryRoot, tryRun, type Json } from '@pinbench/host';
import { qemuIdentity } from '@pinbench/qemu';
import { benchVersion } from '../version.ts';

/**
 * What the bench is, and what it builds and boots with: its version and commit and, where files of it were changed
 * since, their content; the host's compiler, linker and QEMU. Outside of git the version is all there is of the bench.
 */
export async function benchContent(): Promise<Json> {
  const { version, commit } = await benchVersion();
  const tools = await hostTools();
  if (commit === undefined) return { version, tools };
  const changed = await changedFiles();
  const contents = await Promise.all(
    changed.map(async (name) => {
      const text = await readFile(path.join(repositoryRoot, name), 'utf8').catch(() => 'gone');
      return { name, digest: digest(text) };
    }),
  );
  return { version, commit, changed: contents, tools };
}

async function hostTools(): Promise<Json> {
  const buildTools = await Promise.all(['gcc', 'ld'].map(versionOf));
  const qemu = await qemuIdentity().catch((error: unknown) => {
    // A run without QEMU says so itself.
    if (error instanceof BenchError) return 'none';
    throw error;
  });
  return { buildTools, qemu };
}

const versionOf = (program: string): Promise<string> =>
  tryRun(program, ['--version']).then(
    ({ stdout }) => stdout.split('\n')[0] ?? '',
    () => 'none',
  );

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
