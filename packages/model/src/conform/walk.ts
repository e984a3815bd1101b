import { emptyWorld, step, type Result, type Rules, type World } from '../world/index.ts';
import type { WorldOperation } from '../world/index.ts';
import { reasonNotToAsk, reasonNotToFree, sayUnmapped } from './guards.ts';
import { SLOTS } from './layout.ts';

export type Sequence = readonly WorldOperation[];

/** An operation of a sequence as the model has it. */
export type Walked = {
  /** Its place in the sequence, from 0. */
  readonly index: number;
  readonly operation: WorldOperation;
  readonly before: World;
  readonly result: Result;
  readonly after: World;
};

export type NotAsked = {
  readonly index: number;
  readonly operation: WorldOperation;
  readonly reason: string;
};

/** A sequence as the model goes through it; operations that cannot be asked are left out, and told. */
export type Walk = {
  readonly steps: readonly Walked[];
  readonly notAsked: readonly NotAsked[];
  readonly end: World;
  /** The end, once the child is gone and the container closed. */
  readonly takenBack: World;
};

/** Has the model go through a sequence. */
export function walk(sequence: Sequence, rules: Rules): Walk {
  const steps: Walked[] = [];
  const notAsked: NotAsked[] = [];
  let world = emptyWorld(SLOTS);
  for (const [index, operation] of sequence.entries()) {
    const walked = walkOne(world, operation, rules, steps.at(-1)?.operation);
    if ('reason' in walked) {
      notAsked.push({ index, operation, reason: walked.reason });
    } else {
      steps.push({ index, operation, before: world, ...walked });
      world = walked.after;
    }
  }
  return { steps, notAsked, end: world, takenBack: takeBack(world, rules) };
}

function takeBack(world: World, rules: Rules): World {
  const childless = step(world, { op: 'exit' }, rules)?.world ?? world;
  return step(childless, { op: 'close' }, rules)?.world ?? childless;
}

/** One operation: what comes of it, or why it is not asked. */
export function walkOne(
  world: World,
  operation: WorldOperation,
  rules: Rules,
  last: WorldOperation | undefined,
): { after: World; result: Result } | { reason: string } {
  if ('area' in operation && operation.area >= SLOTS) {
    return { reason: `there are ${SLOTS} areas, from 0` };
  }
  const reason = reasonNotToAsk(world, operation, rules, last);
  if (reason !== undefined) return { reason };
  const stepped = step(world, operation, rules);
  if (stepped === undefined) {
    const isMissing = 'area' in operation && world.areas[operation.area] === undefined;
    return { reason: isMissing ? sayUnmapped(operation.area) : 'there is nothing to do it to' };
  }
  const { world: after, result } = stepped;
  const kept = reasonNotToFree(world, operation, result, rules);
  return kept === undefined ? { after, result } : { reason: kept };
}
