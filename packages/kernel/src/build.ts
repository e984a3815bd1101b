import { createHash } from 'node:crypto';
import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Context, Json } from '@pinbench/host';
import type { BuildInResult, Variant } from '@pinbench/model';
import type { DebianBase } from './debian-base.ts';
import { describeModule, type BuiltModule } from './built-module.ts';
import { compileError } from './compile-error.ts';
import { makeModules, openKbuild, type KbuildSession } from './kbuild-session.ts';
import { parseConfig } from './kbuild.ts';
import { findToolchain } from './toolchain.ts';
import type { Trees } from './trees.ts';

/** Both variants of the modules that the patch reaches, in the order in which they load. */
export type Built = {
  before: BuiltModule[];
  after: BuiltModule[];
  build: BuildInResult;
  /** Nothing had to be built. */
  cached: boolean;
  /** Sentences the user should see. */
  notes: string[];
};

/**
 * Builds the modules of both trees with the kernel's own build system, side by side. What was built before from the
 * same source, headers and compiler is not built again.
 * @throws RequestError when the patch does not compile, with the compiler's first error. BenchError when the modules do
 * not build without it.
 */
export async function buildModules(
  context: Context,
  base: DebianBase,
  trees: Trees,
): Promise<Built> {
  const configText = await readFile(trees.headers.config);
  const config = parseConfig(configText.toString('utf8'));
  const toolchain = await findToolchain(context, base, trees.headers, config);
  const session = await openKbuild(context, base, trees.headers, toolchain, trees.folder);
  const one = (variant: Variant): Promise<BuiltVariant> =>
    buildVariant(context, trees, variant, session);
  const [first, second] = await settleBoth(one('before'), one('after'));
  const [before, after] = [first.modules, second.modules];
  const names = trees.modules.map(({ name }) => name);
  return {
    before,
    after,
    build: {
      strategy: 'module-swap',
      why: `everything the patch changes builds into ${names.join(', ')}, which can be swapped while the kernel runs`,
      compiler:
        toolchain.root === undefined
          ? toolchain.version
          : `${toolchain.version}, from ${toolchain.origin}`,
      configSha256: createHash('sha256').update(configText).digest('hex'),
      modules: { before: before.map(inResult), after: after.map(inResult) },
      differ: names.filter((_name, index) => before[index]?.code !== after[index]?.code),
    },
    cached: first.cached && second.cached,
    notes: toolchain.note === undefined ? [] : [toolchain.note],
  };
}

const inResult = ({
  name,
  buildId,
  sha256,
}: BuiltModule): BuildInResult['modules']['before'][0] => ({
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
const recipe = 1;

/** Of some twenty patches, each with its before and after: used last, kept. */
const builtKept = 40;

/** What built modules are kept under. The session's key names headers, compiler and linker, each with its version. */
export const builtKey = (
  tree: Json,
  targets: readonly string[],
  { key, environment }: Pick<KbuildSession, 'key' | 'environment'>,
): Json => ({ recipe, tree, targets, kbuild: key, environment });

type BuiltVariant = { modules: BuiltModule[]; cached: boolean };

async function buildVariant(
  context: Context,
  trees: Trees,
  variant: Variant,
  session: KbuildSession,
): Promise<BuiltVariant> {
  const tree = trees[variant];
  const targets = trees.modules.map(({ target }) => target);
  const key = builtKey(tree.key, targets, session);
  let cached = true;
  const make = async (making: string): Promise<void> => {
    cached = false;
    const work = path.join(making, 'work');
    await cp(path.join(tree.folder, trees.folder), work, { recursive: true });
    const failed = await makeModules(context, session, work, targets);
    if (failed !== undefined)
      throw compileError(failed, { variant, folder: work, shown: trees.folder });
    const described: BuiltModule[] = [];
    for (const { name, target } of trees.modules) {
      await rename(path.join(work, target), path.join(making, `${name}.ko`));
      described.push(await describeModule(context, path.join(making, `${name}.ko`)));
    }
    await rm(work, { recursive: true });
    await writeFile(path.join(making, 'modules.json'), JSON.stringify(described));
  };
  const { signal } = context;
  const place = await context.cache.entry('built', key, make, { keep: builtKept, signal });
  const described = await readFile(path.join(place, 'modules.json'), 'utf8');
  const modules = (JSON.parse(described) as BuiltModule[]).map((module) => ({
    ...module,
    file: path.join(place, `${module.name}.ko`),
  }));
  return { modules, cached };
}
