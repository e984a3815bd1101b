import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { digest, hashFile, repositoryRoot, run, type Context } from '@pinbench/host';
import type { Agent } from './agent.ts';
import { collectPrograms, type Placed } from './programs.ts';

export type Initramfs = { file: string; sha256: string };

export type InitramfsContents = {
  agent: Pick<Agent, 'file' | 'sha256'>;
  /** A folder of the cache into which the guest's packages have been unpacked: its name stands for its content. */
  tools: string;
  /** Module files, to lie in /modules under their own names. */
  modules: readonly string[];
  /** The plan that the agent starts with, as text. */
  setupPlan: string;
};

/** To be raised when what is made of the same contents changes. */
const recipe = 1;

/** As many as machines are kept; a machine that is kept needs it no more. */
const initramfsKept = 12;

const initFile = path.join(repositoryRoot, 'qemu/guest/init');

/**
 * The guest's root: an uncompressed cpio archive that is the same to the byte for the same contents.
 * @throws BenchError when a program or library is not among the unpacked packages.
 */
export async function makeInitramfs(
  context: Context,
  contents: InitramfsContents,
): Promise<Initramfs> {
  const make = async (folder: string): Promise<void> => {
    const file = path.join(folder, 'initramfs.cpio');
    await writeArchive(context, contents, file);
    await writeFile(path.join(folder, 'sha256'), await hashFile(file));
  };
  const key = await keyOf(contents);
  const entry = await context.cache.entry('initramfs', key, make, {
    keep: initramfsKept,
    signal: context.signal,
  });
  const sha256 = await readFile(path.join(entry, 'sha256'), 'utf8');
  return { file: path.join(entry, 'initramfs.cpio'), sha256 };
}

const keyOf = async ({ agent, tools, modules, setupPlan }: InitramfsContents) => ({
  recipe,
  agent: agent.sha256,
  tools: path.basename(tools),
  modules: await Promise.all(
    modules.map(async (file) => [path.basename(file), await hashFile(file)] as const),
  ),
  setupPlan: digest(setupPlan),
  init: await hashFile(initFile),
});

async function writeArchive(
  context: Context,
  { agent, tools, modules, setupPlan }: InitramfsContents,
  file: string,
): Promise<void> {
  const { scratch, signal } = context;
  const root = await mkdtemp(path.join(scratch, 'initramfs-'));
  try {
    const placed = [
      { name: 'agent', source: agent.file },
      { name: 'init', source: initFile },
      ...(await collectPrograms(tools, signal)),
      ...modules.map((source) => ({ name: `modules/${path.basename(source)}`, source })),
    ];
    await Promise.all(placed.map((each) => lay(root, each)));
    await writeFile(path.join(root, 'setup.plan'), setupPlan);
    await pack(root, [...placed.map(({ name }) => name), 'setup.plan'], file, signal);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function lay(root: string, { name, source }: Placed): Promise<void> {
  const place = path.join(root, name);
  await mkdir(path.dirname(place), { recursive: true });
  await copyFile(source, place);
}

/** One owner, one time, one mode and one order for all, so that only names and contents count. */
async function pack(
  root: string,
  files: readonly string[],
  archive: string,
  signal: AbortSignal,
): Promise<void> {
  const names = [...new Set(files.flatMap(withFolders))].sort();
  for (const name of names) {
    await chmod(path.join(root, name), 0o755);
    await utimes(path.join(root, name), 0, 0);
  }
  await run('cpio', ['-o', '-H', 'newc', '--reproducible', '-R', '0:0', '--quiet', '-O', archive], {
    cwd: root,
    input: `${names.join('\n')}\n`,
    signal,
  });
}

/** A file's name after those of the folders that it lies in. */
function withFolders(name: string): string[] {
  const parts = name.split('/');
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
}
