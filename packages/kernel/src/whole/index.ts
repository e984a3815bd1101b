import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Context, Json } from '@pinbench/host';
import type { DebugInResult } from '@pinbench/model';
import { takeArtefact, type Artefact } from './artefact.ts';
import { buildFailure, type Role } from './build-failure.ts';
import type { BuildTime, BuiltKernel } from './built-kernel.ts';
import { compatInResult } from './compat.ts';
import { debugOptionsIn } from './debug-options.ts';
import type { KernelSource, Overlay } from './inputs.ts';
import { decideBuild } from './recipe.ts';
import type { Say } from './say.ts';
import { inWorkspace, type Wanted } from './workspace.ts';

/** Kernels that are kept, of 10 to 20 MB each. */
const keep = 20;

/** To be raised when what is made of the same build changes. */
const edition = 1;

/** `role`: what the kernel is for; without it an overlay is *after*, of which the source alone is *before*. */
export type BuildOptions = { stage?: Say; role?: Role | undefined };

/**
 * Builds a whole kernel with its modules from source, or takes it from the cache.
 * @throws RequestError when it does not compile with the overlay, but with what that lies on alone. BenchError when
 * that does not build either, or an option that pinbench needs is lost.
 */
export async function buildKernel(
  context: Context,
  source: KernelSource,
  overlay?: Overlay,
  { stage, role = { variant: 'after' } }: BuildOptions = {},
): Promise<BuiltKernel> {
  const recipe = await decideBuild(context, source);
  const wanted = { source, recipe, overlay, stage };
  const key: Json = { edition, build: recipe.key, overlay: overlay?.key ?? null };
  let cached = true;
  const make = async (making: string): Promise<void> => {
    cached = false;
    const kept = await buildInto(context, wanted, role, making);
    await writeFile(path.join(making, 'built.json'), JSON.stringify(kept));
  };
  const { signal } = context;
  const place = await context.cache.entry('whole-kernel', key, make, { keep, signal });
  const { build, ...artefact } = JSON.parse(
    await readFile(path.join(place, 'built.json'), 'utf8'),
  ) as Kept;
  return {
    ...artefact,
    image: {
      vmlinuz: path.join(place, 'vmlinuz'),
      config: path.join(place, 'config'),
      modules: path.join(place, 'modules'),
    },
    compiler: recipe.tools.gcc,
    compat: recipe.compat.map(compatInResult),
    vfioAsModules: recipe.vfioAsModules,
    build: { ...build, cached },
  };
}

/** What stands beside a kernel in the cache. */
type Kept = Artefact & { build: Omit<BuildTime, 'cached'>; debug?: DebugInResult };

async function buildInto(context: Context, wanted: Wanted, role: Role, to: string): Promise<Kept> {
  try {
    return await inWorkspace(context, wanted, async ({ folder, ms, incremental, wholeMs }) => {
      const artefact = await takeArtefact(context, folder, to);
      const { source, recipe } = wanted;
      return {
        ...artefact,
        ...(source.debug && { debug: await debugOptionsIn(context, folder, source, recipe) }),
        build: { ms, incremental, ...(wholeMs !== undefined && { wholeMs }) },
      };
    });
  } catch (error) {
    throw await buildFailure(context, wanted, error, role);
  }
}

/**
 * Runs `work` with a folder in which the source is built as it is, for `make -C`. Nobody else changes it meanwhile:
 * `work` must not build a kernel of the same source, for which it would wait for itself.
 * @throws BenchError when the source does not build.
 */
export async function withWorkspace<T>(
  context: Context,
  source: KernelSource,
  work: (folder: string) => Promise<T>,
  stage?: Say,
): Promise<T> {
  const wanted = { source, recipe: await decideBuild(context, source), stage };
  try {
    return await inWorkspace(context, wanted, ({ folder }) => work(folder));
  } catch (error) {
    throw await buildFailure(context, wanted, error, { variant: 'before' });
  }
}
