import type { Context } from '@pinbench/host';
import { builtSwapKernel, decideBuild, prepareOverlays, type SwapKernel } from '@pinbench/kernel';
import type { BuildInResult } from '@pinbench/model';
import { buildStage, kernelInResult, sourceStage, type SourceOf } from './build-stage.ts';
import type { Task } from './course.ts';
import { readStanding, type Standing } from './standing.ts';

/** A kernel to swap modules in; of one that pinbench built, how it came to be and what its source says. */
export type SwapProspect = {
  kernel: SwapKernel;
  own?: {
    about: Pick<BuildInResult, 'config' | 'kernels' | 'compat' | 'debug'>;
    standing: Standing;
  };
};

/**
 * Builds the kernel of a tree as it is. What can be told from the source alone is told before, as a build takes minutes.
 * @throws RequestError when a patch does not apply to the tree, or uses what the tree lacks.
 */
export async function ownSwapKernel(
  context: Context,
  { request, base, patches }: SourceOf & Pick<Task, 'patches'>,
): Promise<SwapProspect | { obstacle: string }> {
  const source = await sourceStage(context, { request, base });
  if (!(await decideBuild(context, source)).vfioAsModules)
    return { obstacle: "this kernel cannot load modules that today's linker makes" };
  const overlays = await context.progress.stage('source: hold the patches against it', () =>
    prepareOverlays(context, base, source, patches),
  );
  const kernel = await buildStage(context, 'build the kernel', source);
  return {
    kernel: builtSwapKernel(source, kernel),
    own: {
      about: {
        config: 'minimal',
        kernels: [kernelInResult('both', kernel)],
        compat: kernel.compat,
        ...(kernel.debug && { debug: kernel.debug }),
      },
      standing: await readStanding(source, overlays),
    },
  };
}
