import type { Context } from '@pinbench/host';
import {
  builtFiles,
  debianSwapKernel,
  decideStrategy,
  obstacleOutside,
  swapFolder,
} from '@pinbench/kernel';
import type { StrategyRun, Task } from './course.ts';
import { runByKernels } from './kernels-run.ts';
import { prepareSwap, runBySwap } from './swap-run.ts';

/**
 * Runs a task by the cheaper strategy that is honest, or by the one that was asked for.
 * @throws RequestError when the one that was asked for cannot be done.
 */
export async function runStrategy(context: Context, task: Task): Promise<StrategyRun> {
  const { request, base, patches } = task;
  const obstacle =
    base.kind === 'tree'
      ? 'the modules of a tree are not built apart from its kernel yet'
      : obstacleOutside(builtFiles(patches), swapFolder);
  // What needs two kernels anyhow is told without making anything ready for a swap.
  const early = decideStrategy(
    request.strategy,
    obstacle === undefined ? { modules: [] } : { obstacle },
  );
  if (early.strategy === 'two-kernels' || base.kind === 'tree')
    return runByKernels(context, task, early.why);
  const ground = await prepareSwap(context, task, debianSwapKernel(base));
  const decision = decideStrategy(request.strategy, ground.trees.swappable);
  return decision.strategy === 'two-kernels'
    ? runByKernels(context, task, decision.why)
    : runBySwap(context, task, ground, decision);
}
