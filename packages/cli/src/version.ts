import { createRequire } from 'node:module';
import { repositoryRoot, tryRun } from '@pinbench/host';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

export { version };

/** The bench's version and, in a git checkout, its commit, so that a result says what made it. */
export async function benchVersion(): Promise<{ version: string; commit?: string }> {
  try {
    const git = await tryRun('git', [
      '-C',
      repositoryRoot,
      'describe',
      '--always',
      '--dirty',
      '--abbrev=12',
    ]);
    return git.exitCode === 0 ? { version, commit: git.stdout.trim() } : { version };
  } catch {
    return { version };
  }
}
