import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, run, type Context } from '@pinbench/host';
import type { KernelImage } from './image.ts';
import { readModuleInfo, type ModuleInfo } from './modinfo.ts';

/** A module as it is to be loaded. `place` is where the image has it, below its modules folder. */
export type ModuleFile = Step & { file: string; place: string };

/** A module's file name, and those of the modules that it uses. */
type Step = { name: string; needs: string[] };

/** A module by its name; an optional one is passed over by kernels that do not have it. */
export type Wanted = string | { name: string; optional: true };

/** Module names are the same whether they are spelt with `-` or `_`. */
export const sameName = (name: string): string => name.replaceAll('-', '_');

/** To be raised when what is made of the same input changes. */
const recipe = 2;

/** Of some 1 MB each, and three or four to a kernel. */
const closuresKept = 80;

/**
 * These modules and all they need, uncompressed and in an order in which they load. What a module only asks for
 * (softdep, as ext4 does for crc32c) goes before it too; modules built into the kernel are left out.
 * @throws BenchError when the image has no such module, unless it is optional.
 */
export async function moduleClosure(
  context: Context,
  image: KernelImage,
  wanted: readonly Wanted[],
): Promise<ModuleFile[]> {
  const key = { recipe, image: path.basename(path.dirname(image.modules)), wanted, withoutBallast };
  const make = async (making: string): Promise<void> => {
    const places = await readPlaces(image.modules);
    const fetch = (name: string): Promise<string> => take(context, image, places, name, making);
    const steps = await inLoadOrder(namesOf(wanted, places), places, async (names) =>
      readModuleInfo(await Promise.all(names.map(fetch)), context.signal),
    );
    const order = steps.map((step) => ({ ...step, place: placeOf(step.name, places) }));
    await writeFile(path.join(making, 'order.json'), JSON.stringify(order));
  };
  const folder = await context.cache.entry('modules', key, make, { keep: closuresKept });
  const order = await readFile(path.join(folder, 'order.json'), 'utf8');
  return (JSON.parse(order) as Omit<ModuleFile, 'file'>[]).map((each) => ({
    ...each,
    file: path.join(folder, `${each.name}.ko`),
  }));
}

/** What is wanted of a kernel by name, without what is optional and not there. */
export const namesOf = (wanted: readonly Wanted[], { files }: Places): string[] =>
  wanted.flatMap((each) => {
    if (typeof each === 'string') return [each];
    return files.has(sameName(each.name)) ? [each.name] : [];
  });

/** Where the modules lie under the modules folder, by the name of their file, and which ones are built in. */
type Places = { files: ReadonlyMap<string, string>; builtin: ReadonlySet<string> };

async function readPlaces(folder: string): Promise<Places> {
  const [order, builtin] = await Promise.all(
    ['modules.order', 'modules.builtin'].map((name) => readFile(path.join(folder, name), 'utf8')),
  );
  return parsePlaces(order ?? '', builtin ?? '');
}

/** Reads modules.order and modules.builtin, which the kernel's build writes: one path a line. */
export function parsePlaces(order: string, builtin: string): Places {
  const paths = (text: string): string[] => text.split('\n').filter((line) => line !== '');
  const stem = (file: string): string => sameName(path.basename(file, '.ko'));
  return {
    files: new Map(paths(order).map((file) => [stem(file), file])),
    builtin: new Set(paths(builtin).map(stem)),
  };
}

/**
 * Walks from `names` to what they need, a step at a time, and returns everything so that each comes after what it
 * needs. `read` gives the modinfo of several modules, by file name.
 */
export async function inLoadOrder(
  names: readonly string[],
  places: Places,
  read: (names: string[]) => Promise<ModuleInfo[]>,
): Promise<Step[]> {
  const known = new Map<string, ModuleInfo>();
  const before = new Map<string, Before>();
  const look = async (wanted: readonly string[]): Promise<void> => {
    const fresh = [...new Set(wanted)].filter((name) => !known.has(name));
    const infos = fresh.length === 0 ? [] : await read(fresh);
    for (const [index, name] of fresh.entries()) {
      const info = infos[index];
      if (info) known.set(name, info);
    }
  };
  const start = names.flatMap((name) => locate(name, places));
  for (let step = start; step.length > 0;) {
    await look(step);
    const next: string[] = [];
    for (const name of step) {
      if (before.has(name)) continue;
      const info = known.get(name);
      const candidates = (info?.wants ?? []).map((wish) => candidatesFor(wish, places));
      await look(candidates.flat());
      const wanted = candidates.flatMap((each, index) =>
        choose(info?.wants[index] ?? '', each, known),
      );
      const needs = (info?.needs ?? []).flatMap((need) => locate(need, places));
      before.set(name, { needs, wanted });
      next.push(...wanted, ...needs);
    }
    step = next;
  }
  return sortByNeed(start, before).map((name) => ({ name, needs: before.get(name)?.needs ?? [] }));
}

/** What goes before a module: what it uses, and what it only asks for. */
type Before = { needs: string[]; wanted: string[] };

const placeOf = (name: string, { files }: Places): string => files.get(sameName(name)) ?? name;

/** The module's file name, or nothing if it is part of the kernel. */
function locate(name: string, { files, builtin }: Places): string[] {
  const file = files.get(sameName(name));
  if (file !== undefined) return [path.basename(file, '.ko')];
  if (builtin.has(sameName(name))) return [];
  throw new BenchError(`this kernel has no module ${name}`);
}

/** A soft dependency may be an alias (crypto-crc32c): modules that could go by it begin with its last part. */
function candidatesFor(wish: string, { files }: Places): string[] {
  const stem = sameName(wish.replace(/^crypto-/, ''));
  return [...files]
    .filter(([name]) => name === stem || name.startsWith(`${stem}_`))
    .map(([, file]) => path.basename(file, '.ko'));
}

/** Of several modules that go by an alias, the one that runs on any processor. */
function choose(
  wish: string,
  candidates: readonly string[],
  known: ReadonlyMap<string, ModuleInfo>,
): string[] {
  const able = candidates.filter(
    (name) => sameName(name) === sameName(wish) || known.get(name)?.aliases.includes(wish),
  );
  const chosen = able.find((name) => name.endsWith('generic')) ?? able[0];
  return chosen === undefined ? [] : [chosen];
}

function sortByNeed(start: readonly string[], before: ReadonlyMap<string, Before>): string[] {
  const sorted = new Set<string>();
  const visiting = new Set<string>();
  const visit = (name: string): void => {
    if (visiting.has(name)) return;
    visiting.add(name);
    const { wanted = [], needs = [] } = before.get(name) ?? {};
    for (const need of [...wanted, ...needs]) visit(need);
    sorted.add(name);
  };
  for (const name of start) visit(name);
  return [...sorted];
}

/**
 * What a module carries beside its code. To hash xfs for its signature, which objcopy leaves behind, and to read its
 * BTF takes an emulated processor longer than all else in a set-up; the modules under test have neither.
 */
const withoutBallast = ['--strip-debug', '--remove-section=.BTF'];

/** Copies a module out of the image, uncompressed and without what a guest does not need. */
async function take(
  context: Context,
  image: KernelImage,
  places: Places,
  name: string,
  folder: string,
): Promise<string> {
  const source = path.join(image.modules, placeOf(name, places));
  const target = path.join(folder, `${name}.ko`);
  try {
    await copyFile(source, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await copyFile(`${source}.xz`, `${target}.xz`);
    await run('xz', ['-d', `${target}.xz`], { signal: context.signal });
  }
  await run('objcopy', [...withoutBallast, target], { signal: context.signal });
  return target;
}
