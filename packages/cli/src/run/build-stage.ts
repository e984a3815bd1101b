import type { Context } from '@pinbench/host';
import {
  buildKernel,
  type BuiltKernel,
  type KernelSource,
  type Overlay,
  type Role,
} from '@pinbench/kernel';
import type { BuiltKernelInResult } from '@pinbench/model';

/** Builds a kernel in a stage that says how far a build of minutes has come. */
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
    return kernel;
  });

/** A kernel that was built, for the result. */
export const kernelInResult = (
  variant: BuiltKernelInResult['variant'],
  { release, buildId, build }: BuiltKernel,
): BuiltKernelInResult => ({ variant, release, buildId, ...build });
