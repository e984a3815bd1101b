import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, digest, run, tryRun, type Cache, type Context } from '@pinbench/host';
import { renderAptConf } from './apt-conf.ts';
import { aptError } from './apt-errors.ts';
import {
  chooseMirrors,
  parseIndexTargets,
  renderSources,
  signedByOf,
  type Settings,
} from './mirrors.ts';

/** A Debian suite's packages, seen through an apt state of our own. Making one costs nothing: apt is called when asked. */
export type Archive = {
  suite: string;
  architecture: string;
  folder: string;
  /** Answers from memory are good enough. False after `update`. */
  remembers: boolean;
  /** Has the archive to itself, with its lists in place, and hands `work` the way to run apt's programs until an abort. */
  exclusively: <T>(context: Context, work: (apt: Apt) => Promise<T>) => Promise<T>;
};

/** Runs an apt program and returns what it said; `what` is what an error starts with. */
export type Apt = (
  what: string,
  program: string,
  args: readonly string[],
  cwd?: string,
) => Promise<string>;

/** Milliseconds. 230 MB take a quarter of an hour on a line of 2 Mbit/s; apt that says nothing for longer hangs. */
const APT_LIMIT = 20 * 60_000;

const opened = new WeakMap<Cache, Map<string, Archive>>();

/**
 * The archive of a suite. Within one run it is always the same one, so `update` reads the lists anew once.
 * Mirror and keyring are those of the host's apt unless PINBENCH_MIRROR, PINBENCH_SECURITY_MIRROR and PINBENCH_KEYRING
 * say otherwise.
 */
export function openArchive(context: Context, suite: string, { update = false } = {}): Archive {
  const settings = settingsFrom(process.env);
  const name =
    Object.keys(settings).length === 0 ? suite : `${suite}-${digest(settings).slice(0, 8)}`;
  const folder = path.join(context.cache.root, 'apt', name);
  const archives = opened.get(context.cache) ?? new Map<string, Archive>();
  opened.set(context.cache, archives);
  const archive = archives.get(folder) ?? newArchive(suite, folder, settings, update);
  archives.set(folder, archive);
  return archive;
}

function newArchive(suite: string, folder: string, settings: Settings, update: boolean): Archive {
  const architecture = 'amd64';
  let ready = false;
  return {
    suite,
    architecture,
    folder,
    remembers: !update,
    exclusively: ({ cache, signal }, work) => {
      const apt: Apt = async (what, program, args, cwd) => {
        const finished = await tryRun(program, ['-q', ...args], {
          timeout: APT_LIMIT,
          env: { APT_CONFIG: path.join(folder, 'apt.conf') },
          signal,
          ...(cwd !== undefined && { cwd }),
        });
        if (finished.exitCode !== 0) throw aptError(what, finished.stderr);
        return finished.stdout;
      };
      const prepared = async () => {
        if (!ready) await prepare(signal, suite, architecture, folder, settings, update);
        ready = true;
        return work(apt);
      };
      return cache.exclusively(`apt/${path.basename(folder)}`, prepared, { signal });
    },
  };
}

function settingsFrom(env: NodeJS.ProcessEnv): Settings {
  const {
    PINBENCH_MIRROR: mirror,
    PINBENCH_SECURITY_MIRROR: securityMirror,
    PINBENCH_KEYRING: keyring,
  } = env;
  return {
    ...(mirror !== undefined && mirror !== '' && { mirror: mirror.replace(/\/$/, '') }),
    ...(securityMirror !== undefined && { securityMirror: securityMirror.replace(/\/$/, '') }),
    ...(keyring !== undefined && keyring !== '' && { keyring: path.resolve(keyring) }),
  };
}

/** Lays the configuration out and reads the package lists where there are none, or of other mirrors, or on update. */
async function prepare(
  signal: AbortSignal,
  suite: string,
  architecture: string,
  folder: string,
  settings: Settings,
  update: boolean,
): Promise<void> {
  const file = (name: string): string => path.join(folder, name);
  const sources = await findSources(signal, suite, settings);
  const known = await readFile(file('pinbench.sources'), 'utf8').catch(() => '');
  const listsAt = await stat(file('lists-read')).catch(() => undefined);
  await Promise.all(
    ['state/lists/partial', 'cache/archives/partial'].map((name) =>
      mkdir(file(name), { recursive: true }),
    ),
  );
  const hostAcquire = await run('apt-config', ['dump', 'Acquire'], { signal });
  const conf = renderAptConf(folder, {
    architecture,
    root: process.getuid?.() === 0,
    hostAcquire: hostAcquire.stdout,
  });
  await writeFile(file('apt.conf'), conf);
  await writeFile(file('status'), '');
  if (listsAt !== undefined && known === sources && !update) return;

  await rm(file('lists-read'), { force: true });
  await writeFile(file('pinbench.sources'), sources);
  const finished = await tryRun('apt-get', ['-q', 'update'], {
    timeout: APT_LIMIT,
    env: { APT_CONFIG: file('apt.conf') },
    signal,
  });
  if (finished.exitCode !== 0)
    throw aptError(`cannot read the package lists of ${suite}`, finished.stderr);
  await writeFile(file('lists-read'), '');
}

/** @throws BenchError when neither the host's apt nor the settings name a Debian mirror. */
async function findSources(
  signal: AbortSignal,
  suite: string,
  settings: Settings,
): Promise<string> {
  const answer = await tryRun('apt-get', ['indextargets', '--no-release-info'], {
    signal,
  });
  const targets = answer.exitCode === 0 ? parseIndexTargets(answer.stdout) : [];
  const files = new Map<string, string>();
  for (const name of new Set(targets.map(({ entry }) => entry.slice(0, entry.lastIndexOf(':')))))
    files.set(name, await readFile(name, 'utf8').catch(() => ''));
  const signedBy = ({ entry }: { entry: string }): string | undefined =>
    signedByOf(entry, files.get(entry.slice(0, entry.lastIndexOf(':'))) ?? '');
  const mirrors = chooseMirrors(suite, targets, signedBy, settings);
  if (mirrors.length > 0) return renderSources(mirrors);
  throw new BenchError("no Debian mirror found in the host's apt configuration", {
    hint: 'set PINBENCH_MIRROR to one, and PINBENCH_KEYRING to its keyring if the host does not trust it yet',
  });
}
