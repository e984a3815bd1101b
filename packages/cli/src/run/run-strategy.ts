import type { Context } from '@pinbench/host';
import {
  builtFiles,
  debianSwapKernel,
  decideStrategy,
  obstacleOutside,
  swapFolder,
} from '@pinbench/kernel';
import type { StrategyRun, Task, Use } from './course.ts';
import { runByKernels } from './kernels-run.ts';
import { ownSwapKernel, type SwapProspect } from './own-swap.ts';
import { prepareSwap, runBySwap } from './swap-run.ts';

/**
 * Runs a task by the cheaper strategy that is honest, or by the one that was asked for. What is found to be in the way
 * of a swap is found as early as it can be: before anything is fetched, before anything is made ready.
 * @throws RequestError when the one that was asked for cannot be done.
 */
export async function runStrategy<T>(
  context: Context,
  task: Task,
  use: Use<T>,
): Promise<StrategyRun<T>> {
  const { request, base, patches } = task;
  const decide = (obstacle: string | undefined) =>
    decideStrategy(request.strategy, obstacle === undefined ? { modules: [] } : { obstacle });
  const byFiles = decide(obstacleOutside(builtFiles(patches), swapFolder));
  if (byFiles.strategy === 'two-kernels') return runByKernels(context, task, byFiles.why, use);

  const prospect: SwapProspect | { obstacle: string } =
    base.kind === 'debian' && !request.debugKernel
      ? { kernel: debianSwapKernel(base) }
      : await ownSwapKernel(context, task);
  if ('obstacle' in prospect)
    return runByKernels(context, task, decide(prospect.obstacle).why, use);

  const ground = await prepareSwap(context, task, prospect);
  const decision = decideStrategy(request.strategy, ground.trees.swappable);
  return decision.strategy === 'two-kernels'
    ? runByKernels(context, task, decision.why, use)
    : runBySwap(context, task, ground, decision, use);
}
