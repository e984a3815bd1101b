import type { Context } from '@pinbench/host';
import {
  buildKernel,
  type BuiltKernel,
  type KernelSource,
  type Overlay,
  type Role,
} from '@pinbench/kernel';
import type { BuiltKernelInResult } from '@pinbench/model';

/** Kernels that a run has built itself, by build id; a run has a progress of its own. */
const builtHere = new WeakMap<Context['progress'], Set<string>>();

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
