import type { Result, WorldOperation } from './operation.ts';
import type { Rules } from './rules.ts';
import { emptyWorld, type World } from './state.ts';
import { step } from './step.ts';

/** What came of a sequence: of each of its operations, and the world after the last. */
export type Run = {
  /** Undefined where an operation could not be asked, as there was nothing to do it to. */
  readonly results: readonly (Result | undefined)[];
  readonly world: World;
};

/** Does a sequence in a world where nothing has been done yet. */
export function run(operations: readonly WorldOperation[], rules: Rules, slots = 1): Run {
  const results: (Result | undefined)[] = [];
  let world = emptyWorld(slots);
  for (const operation of operations) {
    const stepped = step(world, operation, rules);
    results.push(stepped?.result);
    world = stepped?.world ?? world;
  }
  return { results, world };
}
