import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, tryRun, type Context } from '@pinbench/host';

/** What a program in a root of its own sees of the host: folders at their own paths, and where it starts. */
export type Sight = { read: readonly string[]; write: readonly string[]; cwd: string };

/** A program and its arguments. */
export type Words = [string, ...string[]];

/** Folders that programs expect at the top. In a release with /usr merged its packages hold only the last. */
const topFolders = ['bin', 'sbin', 'lib', 'lib64', 'usr'];

/** Programs there are found by this PATH. Debian's awk is a link that only an installation makes: ours lies in /opt. */
export const sandboxPath = '/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin';

/**
 * The words that go before a command to run it in a root of unpacked Debian packages, as on that release and with
 * nothing of the host but what `sight` shows. No process outlives the command.
 */
export async function enterRoot(root: string, sight: Sight): Promise<Words> {
  return sandboxArguments(root, new Set(await readdir(root)), sight);
}

/** @param tops what lies at the root's top */
export function sandboxArguments(
  root: string,
  tops: ReadonlySet<string>,
  { read, write, cwd }: Sight,
): Words {
  const bind = (verb: string, folder: string, at = folder): string[] => [verb, folder, at];
  return [
    'bwrap',
    ...topFolders.flatMap((name) =>
      tops.has(name)
        ? bind('--ro-bind', path.join(root, name), `/${name}`)
        : ['--symlink', `usr/${name}`, `/${name}`],
    ),
    ...['--symlink', '/usr/bin/mawk', '/opt/bin/awk'],
    ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
    ...read.flatMap((folder) => bind('--ro-bind', folder)),
    ...write.flatMap((folder) => bind('--bind', folder)),
    ...['--chdir', cwd, '--unshare-all', '--die-with-parent'],
  ];
}

/** Why programs cannot be run in a root of their own here, in one line, or undefined when they can. */
export async function whyNoSandbox({ signal }: Context): Promise<string | undefined> {
  const probe = ['--ro-bind', '/', '/', '--unshare-all', '--die-with-parent', 'true'];
  try {
    const { exitCode, stderr } = await tryRun('bwrap', probe, { signal });
    return exitCode === 0 ? undefined : (stderr.split('\n')[0] ?? 'bwrap failed');
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BenchError) return error.message;
    throw error;
  }
}
