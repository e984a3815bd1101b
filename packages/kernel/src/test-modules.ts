import { appendFile, cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, hashFile, repositoryRoot, run, type Context } from '@pinbench/host';
import { testModules, type TestModule, type TestModules, type Variant } from '@pinbench/model';
import type { ModuleMaker } from './build.ts';
import { whyNotBuilt } from './compile-error.ts';

/** What became of pinbench's own modules, and the files of those that there are, for the legs of each variant. */
export type BuiltTestModules = {
  states: TestModules;
  files: Readonly<Record<Variant, ReadonlyMap<TestModule, string>>>;
  /** Nothing had to be built. */
  cached: boolean;
};

/**
 * `known`: one of Debian's lines. That a module does not build for it is an error of ours; else it is told.
 * `symbols`: what the modules that are swapped export, see Built.
 */
export type ForKernel = { known: boolean; symbols: Readonly<Record<Variant, string>> };

/** To be raised when what is made of the same input changes. */
const recipe = 2;

/** Of some twenty kernels. */
const keep = 40;

const sourceFolder = path.join(repositoryRoot, 'qemu/modules');

/**
 * Builds pinbench's own modules for a kernel, with what builds those that are swapped in it. A module may say itself, by
 * `#error`, that it is not for such a kernel. Where the swapped modules export something, its version may differ between
 * before and after, and each variant gets modules that fit.
 * @throws BenchError when one does not build for a known kernel, or the machine fails the compiler.
 */
export async function buildTestModules(
  context: Context,
  maker: ModuleMaker,
  kernel: ForKernel,
): Promise<BuiltTestModules> {
  const build = async (variant: Variant): Promise<Built[]> => {
    const symbols = await readFile(kernel.symbols[variant], 'utf8');
    return Promise.all(
      testModules.map((name) => buildOne(context, { name, symbols }, maker, kernel)),
    );
  };
  const [before, after] = [await build('before'), await build('after')];
  const lacks = (name: TestModule): string | undefined =>
    [...before, ...after].find((each) => each.name === name && each.lacking)?.lacking;
  const states = testModules.map((name) => {
    const lacking = lacks(name);
    return [name, lacking === undefined ? 'built' : { lacking }];
  });
  return {
    states: Object.fromEntries(states) as TestModules,
    files: { before: filesOf(before), after: filesOf(after) },
    cached: [...before, ...after].every(({ cached }) => cached),
  };
}

const filesOf = (built: readonly Built[]): Map<TestModule, string> =>
  new Map(built.flatMap(({ name, file, lacking }) => (lacking ? [] : [[name, file]])));

type Built = { name: TestModule; file: string; lacking: string | undefined; cached: boolean };

async function buildOne(
  context: Context,
  { name, symbols }: { name: TestModule; symbols: string },
  maker: ModuleMaker,
  kernel: ForKernel,
): Promise<Built> {
  const { signal } = context;
  const source = path.join(sourceFolder, name);
  const key = { recipe, name, symbols, source: await hashSource(source), maker: maker.key };
  let cached = true;
  const make = async (making: string): Promise<void> => {
    cached = false;
    const work = path.join(making, 'work');
    await cp(source, work, { recursive: true });
    if (symbols !== '') await useSymbols(work, symbols);
    const failed = await maker.make(work, [`${name}.ko`]);
    const built = path.join(work, `${name}.ko`);
    if (failed === undefined)
      await run('objcopy', ['--strip-debug', built, path.join(making, `${name}.ko`)], { signal });
    else await writeFile(path.join(making, 'lacking'), whyLacking(name, failed, work, kernel));
    await rm(work, { recursive: true });
  };
  const place = await context.cache.entry('test-modules', key, make, { keep, signal });
  const lacking = await readFile(path.join(place, 'lacking'), 'utf8').catch(() => undefined);
  return { name, cached, file: path.join(place, `${name}.ko`), lacking };
}

/** Has modpost take these versions rather than those of the kernel's own modules. */
async function useSymbols(folder: string, symbols: string): Promise<void> {
  await writeFile(path.join(folder, 'swapped.symvers'), symbols);
  await appendFile(path.join(folder, 'Kbuild'), 'KBUILD_EXTRA_SYMBOLS := $(src)/swapped.symvers\n');
}

/** @throws BenchError where the module should build. */
function whyLacking(name: TestModule, output: string, folder: string, kernel: ForKernel): string {
  const shown = `qemu/modules/${name}`;
  const why = whyNotBuilt(output, { folder, shown, what: `module ${name}` });
  const [, own] = /#error "(.*)"/.exec(why) ?? [];
  if (own !== undefined) return own;
  if (!kernel.known) return `pinbench's module ${name} does not build for it: ${why}`;
  throw new BenchError(`pinbench's module ${name} does not build for this kernel`, {
    detail: [why],
    hint: 'pinbench is at fault, not the patch: its qemu/modules do not know this kernel',
  });
}

/** SHA-256 of each file of a module, by its name. */
async function hashSource(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort();
  const hashes = names.map(async (file) => [file, await hashFile(path.join(folder, file))]);
  return Object.fromEntries(await Promise.all(hashes)) as Record<string, string>;
}
