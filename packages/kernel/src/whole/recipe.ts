import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, run, type Context, type Json } from '@pinbench/host';
import { compatFor, readCompat, type Compat, type Tools } from './compat.ts';
import { readDebugFragment, readFragments, wantedOptions, type WantedOption } from './fragments.ts';
import type { KernelSource } from './inputs.ts';

/** All that decides what a source is built into, before anything is built. */
export type Recipe = {
  tools: Tools;
  compat: Compat[];
  vfioAsModules: boolean;
  wanted: WantedOption[];
  /** Variables for make's command line. */
  settings: string[];
  key: Json;
};

/** To be raised when what is made of the same input changes. */
const edition = 1;

/** One build is to be like the next to the bit, wherever and whenever it is made. */
const reproducible = {
  ARCH: 'x86_64',
  LOCALVERSION: '',
  KBUILD_BUILD_TIMESTAMP: '2018-03-02 00:00:00 UTC',
  KBUILD_BUILD_USER: 'pinbench',
  KBUILD_BUILD_HOST: 'pinbench',
  KBUILD_BUILD_VERSION: '1',
};

/** @throws BenchError when gcc or ld is not installed, or a fragment or compat entry is not as it should be. */
export async function decideBuild(context: Context, source: KernelSource): Promise<Recipe> {
  const tools = await findTools(context);
  const entries = await readCompat();
  const compat = compatFor(entries, source.version, tools, await searchIn(source, entries));
  const vfioAsModules = compat.every(({ modulesLoad }) => modulesLoad);
  const needed = wantedOptions(await readFragments(vfioAsModules), source.version);
  const wanted = [...needed, ...(source.debug === true ? await debugOptions(source) : [])];
  const variables = { ...reproducible, ...mergeVariables(compat) };
  const settings = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const options = wanted.map(({ symbol, value }) => `${symbol}=${value}`).sort();
  const key = { edition, source: source.key, tools, settings, options };
  return { tools, compat, vfioAsModules, wanted, settings, key };
}

/** What a kernel that checks itself is asked for. */
async function debugOptions({ version }: KernelSource): Promise<WantedOption[]> {
  const options = wantedOptions([await readDebugFragment()], version);
  return options.map((option) => ({ ...option, optional: true }));
}

/** @throws BenchError when two entries want different things of one variable. */
export function mergeVariables(compat: readonly Compat[]): Record<string, string> {
  const merged: Record<string, string> = {};
  for (const { id, make } of compat)
    for (const [name, value] of Object.entries(make)) {
      if ((merged[name] ?? value) !== value)
        throw new BenchError(`qemu/compat: ${id} wants another ${name} than the entries before it`);
      merged[name] = value;
    }
  return merged;
}

async function findTools({ signal }: Context): Promise<Tools> {
  const firstLine = async (program: string): Promise<string> =>
    (await run(program, ['--version'], { signal })).stdout.split('\n')[0] ?? '';
  const [gcc, ld] = await Promise.all([firstLine('gcc'), firstLine('ld')]);
  return { gcc, ld };
}

/** Looks for texts in the files that compat entries ask about. A file that is not there holds none. */
async function searchIn(
  { folder }: KernelSource,
  entries: readonly Compat[],
): Promise<(file: string, text: string) => boolean> {
  const files = [...new Set(entries.flatMap(({ unless }) => unless?.file ?? []))];
  const read = (file: string): Promise<string> =>
    readFile(path.join(folder, file), 'utf8').catch(() => '');
  const texts = new Map(
    await Promise.all(files.map(async (file) => [file, await read(file)] as const)),
  );
  return (file, text) => texts.get(file)?.includes(text) ?? false;
}
