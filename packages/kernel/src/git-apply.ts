import { tryRun, type Finished } from '@pinbench/host';
import { gitEnvironment } from './git-environment.ts';

/**
 * Runs `git apply` on plain files. Were there a repository around `cwd`, git would look at its settings and pass over,
 * without a word, every file that lies elsewhere in it: it is told that there is none.
 */
export const gitApply = (
  args: readonly string[],
  options: { cwd: string; signal: AbortSignal },
): Promise<Finished> =>
  tryRun('git', ['apply', '--verbose', '--whitespace=nowarn', ...args], {
    ...options,
    env: gitEnvironment,
  });
