import { RequestError } from '@pinbench/host';
import type { Strategy } from '@pinbench/model';
import type { KbuildModule } from './kbuild.ts';
import type { Swappable } from './swap.ts';

/** What the user asked for; `auto` takes the cheaper strategy that is honest. */
export type AskedStrategy = 'auto' | Strategy;

export type Decision =
  | { strategy: 'module-swap'; why: string; modules: KbuildModule[] }
  | { strategy: 'two-kernels'; why: string };

/**
 * How before and after are held against each other: in one boot, by swapping modules, where everything the patch
 * changes builds into modules that the kernel loads; else with a kernel for each.
 * @throws RequestError when what was asked for cannot be done.
 */
export function decideStrategy(asked: AskedStrategy, swappable: Swappable): Decision {
  if ('obstacle' in swappable) {
    if (asked !== 'module-swap') return { strategy: 'two-kernels', why: swappable.obstacle };
    throw new RequestError(`--strategy module-swap cannot be done: ${swappable.obstacle}`, {
      hint: 'leave --strategy out, and before and after get a kernel each',
    });
  }
  if (asked === 'two-kernels') return { strategy: asked, why: 'asked for with --strategy' };
  const names = swappable.modules.map(({ name }) => name).join(', ');
  return {
    strategy: 'module-swap',
    why: `everything the patch changes builds into ${names}, which can be swapped while the kernel runs`,
    modules: swappable.modules,
  };
}
