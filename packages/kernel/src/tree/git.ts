import { homedir } from 'node:os';
import path from 'node:path';
import { tryRun, type Context, type Finished } from '@pinbench/host';

export type GitOptions = {
  cwd?: string;
  input?: string;
  /** Heed the settings of the user too, and not only those of the repository. */
  userSettings?: boolean;
};

/**
 * Runs git on a repository that is named and not looked for. What the caller's environment says of repositories does
 * not count, and nothing is fetched, locked or written beside what the command is there to write. Naming the
 * repository also passes over git's question whether its owner is to be trusted (setup_explicit_git_dir(), setup.c).
 */
export function git(
  { signal }: Context,
  gitDir: string,
  args: readonly string[],
  { userSettings = false, ...options }: GitOptions = {},
): Promise<Finished> {
  const environment = {
    ...quiet,
    ...homes(),
    ...(!userSettings && { GIT_CONFIG_GLOBAL: '/dev/null' }),
  };
  const words = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return tryRun('env', ['-i', ...words, 'git', `--git-dir=${gitDir}`, ...args], {
    ...options,
    signal,
  });
}

/** Where git is, and where it finds what its user never wants to see in a status. */
const homes = (): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: homedir(),
  XDG_CONFIG_HOME: process.env['XDG_CONFIG_HOME'] ?? path.join(homedir(), '.config'),
});

const quiet = {
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_OPTIONAL_LOCKS: '0',
  // What a partial clone lacks stays where it is.
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_NO_LAZY_FETCH: '1',
  GIT_TERMINAL_PROMPT: '0',
  // A commit's hash stands for its own files, not for those of its replacement.
  GIT_NO_REPLACE_OBJECTS: '1',
} as const;
