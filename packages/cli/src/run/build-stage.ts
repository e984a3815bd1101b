import type { Context } from '@pinbench/host';
import {
  buildKernel,
  wholeSource,
  type Base,
  type BuiltKernel,
  type KernelSource,
  type Overlay,
  type Role,
} from '@pinbench/kernel';
import type { BuiltKernelInResult } from '@pinbench/model';
import type { RunRequest } from './request.ts';

/** Kernels that a run has built itself, by build id; a run has a progress of its own. */
const builtHere = new WeakMap<Context['progress'], Set<string>>();

/** A base, and what decides how its source is to be built. */
export type SourceOf = { request: Pick<RunRequest, 'debugKernel'>; base: Base };

/** All of a base's source, to be built the way that the request wants it. */
export const sourceStage = (context: Context, { request, base }: SourceOf): Promise<KernelSource> =>
  context.progress.stage('source: all of it', async () => ({
    ...(await wholeSource(context, base)),
    debug: request.debugKernel,
  }));

/**
 * Builds a kernel in a stage that says how far a build of minutes has come. A kernel that this very run has built
 * for another strategy is not said to have been there already.
 */
export const buildStage = (
  context: Context,
  title: string,
  source: KernelSource,
  overlay?: Overlay,
  role?: Role,
): Promise<BuiltKernel> =>
  context.progress.stage(title, async (stage) => {
    const kernel = await buildKernel(context, source, overlay, { stage, role });
    if (kernel.build.cached) stage.cached();
    return asBuiltIn(context.progress, kernel);
  });

/** A kernel as a run is to tell of it: what it built itself, it did not find. */
export function asBuiltIn<K extends Pick<BuiltKernel, 'buildId' | 'build'>>(
  run: Context['progress'],
  kernel: K,
): K {
  const own = builtHere.get(run) ?? new Set();
  if (!kernel.build.cached) builtHere.set(run, own.add(kernel.buildId));
  const cached = kernel.build.cached && !own.has(kernel.buildId);
  return { ...kernel, build: { ...kernel.build, cached } };
}

/** A kernel that was built, for the result. */
export const kernelInResult = (
  variant: BuiltKernelInResult['variant'],
  { release, buildId, build }: BuiltKernel,
): BuiltKernelInResult => ({ variant, release, buildId, ...build });
