import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run, type Context, type Json } from '@pinbench/host';
import type { BuiltModuleInResult, Variant } from '@pinbench/model';
import { describeModule, type BuiltModule } from './built-module.ts';
import { compileError } from './compile-error.ts';
import type { KbuildModule } from './kbuild.ts';
import type { Trees } from './trees.ts';

/** What compiles modules for a kernel: its headers, or the folder that it was built in. */
export type ModuleMaker = {
  /** All that modules follow from beside their source and their names. */
  key: Json;
  /** @returns what make said if it failed */
  make: (folder: string, targets: readonly string[]) => Promise<string | undefined>;
};

/** Both variants of the modules that the patch reaches, in the order in which they load. */
export type Built = {
  before: BuiltModule[];
  after: BuiltModule[];
  /** Modules with other code after than before. */
  differ: string[];
  /** What the modules of a variant export, with the versions of it: a Module.symvers, which may be empty. */
  symbols: Record<Variant, string>;
  /** Nothing had to be built. */
  cached: boolean;
};

/**
 * Builds the modules of both trees with the kernel's own build system, side by side. What was built before from the
 * same source by the same maker is not built again.
 * @throws RequestError when the patch does not compile, with the compiler's first error. BenchError when the modules do
 * not build without it.
 */
export async function buildModules(
  context: Context,
  trees: Trees,
  modules: readonly KbuildModule[],
  maker: ModuleMaker,
): Promise<Built> {
  const one = (variant: Variant): Promise<BuiltVariant> =>
    buildVariant(context, trees, modules, variant, maker);
  const [before, after] = await settleBoth(one('before'), one('after'));
  return {
    before: before.modules,
    after: after.modules,
    differ: modules
      .map(({ name }) => name)
      .filter((_name, index) => before.modules[index]?.code !== after.modules[index]?.code),
    symbols: { before: before.symbols, after: after.symbols },
    cached: before.cached && after.cached,
  };
}

/** Modules as the result has them. */
export const modulesInResult = ({
  before,
  after,
}: Pick<Built, 'before' | 'after'>): Record<Variant, BuiltModuleInResult[]> => ({
  before: before.map(inResult),
  after: after.map(inResult),
});

const inResult = ({ name, buildId, sha256 }: BuiltModule): BuiltModuleInResult => ({
  name,
  buildId,
  sha256,
});

/** Waits for both even if one fails, so that nothing goes on behind an error. */
async function settleBoth<T>(first: Promise<T>, second: Promise<T>): Promise<[T, T]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}

/** To be raised when what is made of the same input changes. */
const recipe = 3;

/** Of some twenty patches, each with its before and after, and all mutants: used last, kept. */
const builtKept = 120;

/** What built modules are kept under. */
export const builtKey = (
  tree: Json,
  targets: readonly string[],
  { key }: Pick<ModuleMaker, 'key'>,
): Json => ({ recipe, tree, targets, maker: key });

/** A baseline of the user's that does not compile is a mistake as one in the patch is. */
const blame = (
  { ownBaseline }: Trees,
  variant: Variant,
): Pick<Parameters<typeof compileError>[1], 'variant' | 'patch'> =>
  variant === 'before' && ownBaseline !== undefined
    ? { variant: 'after', patch: ownBaseline }
    : { variant };

type Described = Omit<BuiltModule, 'lines'>;

const filesOf = (folder: string, name: string): Pick<BuiltModule, 'file' | 'lines'> => ({
  file: path.join(folder, `${name}.ko`),
  lines: path.join(folder, `${name}.lines`),
});

type BuiltVariant = { modules: BuiltModule[]; symbols: string; cached: boolean };

const symbolsFile = 'Module.symvers';

async function buildVariant(
  context: Context,
  trees: Trees,
  modules: readonly KbuildModule[],
  variant: Variant,
  maker: ModuleMaker,
): Promise<BuiltVariant> {
  const tree = trees[variant];
  const targets = modules.map(({ target }) => target);
  let cached = true;
  const make = async (making: string): Promise<void> => {
    cached = false;
    const work = path.join(making, 'work');
    await cp(path.join(tree.folder, trees.folder), work, { recursive: true });
    const failed = await maker.make(work, targets);
    if (failed !== undefined)
      throw compileError(failed, { ...blame(trees, variant), folder: work, shown: trees.folder });
    const described: Described[] = [];
    for (const { name, target } of modules) {
      const { file, lines } = filesOf(making, name);
      await rename(path.join(work, target), lines);
      // Lines are for the host: the guest would only have them to read.
      await run('objcopy', ['--strip-debug', lines, file], { signal: context.signal });
      described.push(await describeModule(context, file));
    }
    // Where modpost writes none there is nothing exported.
    const symbols = await readFile(path.join(work, symbolsFile), 'utf8').catch(() => '');
    await writeFile(path.join(making, symbolsFile), symbols);
    await rm(work, { recursive: true });
    await writeFile(path.join(making, 'modules.json'), JSON.stringify(described));
  };
  const key = builtKey(tree.key, targets, maker);
  const { signal } = context;
  const place = await context.cache.entry('built', key, make, { keep: builtKept, signal });
  const described = await readFile(path.join(place, 'modules.json'), 'utf8');
  return {
    modules: (JSON.parse(described) as Described[]).map((module) => ({
      ...module,
      ...filesOf(place, module.name),
    })),
    symbols: path.join(place, symbolsFile),
    cached,
  };
}
