import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, hashFile, repositoryRoot, run, tryRun, type Context } from '@pinbench/host';

export type Agent = { file: string; sha256: string };

const sourceFolder = path.join(repositoryRoot, 'qemu/guest');
const flags = [
  '-std=gnu11',
  '-O2',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-D_GNU_SOURCE',
  '-static',
  '-s',
];

/**
 * The guest agent, compiled by the host's gcc against the C library in `sysroot`, so that nothing of the host's own
 * gets into the guest. `sysroot` is a folder of the cache: its name stands for its content.
 * @throws BenchError with the compiler's first error.
 */
export async function buildAgent(context: Context, sysroot: string): Promise<Agent> {
  const { signal } = context;
  const compiler = await compilerVersion(signal);
  const key = { compiler, flags, sysroot: path.basename(sysroot), sources: await hashSources() };
  const make = async (folder: string): Promise<void> => {
    const file = path.join(folder, 'agent');
    await compileAgent(file, { sysroot, signal });
    await writeFile(path.join(folder, 'sha256'), await hashFile(file));
  };
  const entry = await context.cache.entry('agents', key, make, { signal });
  const sha256 = await readFile(path.join(entry, 'sha256'), 'utf8');
  return { file: path.join(entry, 'agent'), sha256 };
}

/**
 * Compiles the agent; without a sysroot, against the host's C library.
 * @throws BenchError with the compiler's first error.
 */
export async function compileAgent(
  file: string,
  options: { sysroot?: string; signal?: AbortSignal } = {},
): Promise<void> {
  const { sysroot, signal } = options;
  const sources = (await listSources()).filter((name) => name.endsWith('.c'));
  const sysrootFlags = sysroot === undefined ? [] : [`--sysroot=${sysroot}`];
  const finished = await tryRun('gcc', [...sysrootFlags, ...flags, ...sources, '-o', file], {
    cwd: sourceFolder,
    ...(signal && { signal }),
  });
  if (finished.exitCode === 0) return;
  throw new BenchError('the guest agent does not compile', { detail: firstError(finished.all) });
}

/** The first error in a compiler's or linker's output and the lines that show where it stands. */
export function firstError(output: string): string[] {
  const lines = output.trim().split('\n');
  const first = lines.findIndex((line) => /\b(error|undefined reference|cannot find)\b/.test(line));
  return lines.slice(Math.max(first, 0)).slice(0, 4);
}

async function compilerVersion(signal: AbortSignal): Promise<string> {
  const { stdout } = await run('gcc', ['--version'], { signal });
  return stdout.split('\n')[0] ?? '';
}

const listSources = async (): Promise<string[]> =>
  (await readdir(sourceFolder)).filter((name) => /\.[ch]$/.test(name)).sort();

async function hashSources(): Promise<Record<string, string>> {
  const names = await listSources();
  const hashes = names.map(async (name) => [name, await hashFile(path.join(sourceFolder, name))]);
  return Object.fromEntries(await Promise.all(hashes)) as Record<string, string>;
}
