import {
  emptyWorld,
  pagesOf,
  step,
  type Area,
  type Rules,
  type World,
} from '../../src/world/index.ts';
import { operationsOn, shapes, wideOperations } from '../../src/explore/alphabet.ts';
import type { WorldOperation } from '../../src/world/index.ts';

/**
 * Worlds up to a bound as anyone would count them: each a value of its own, done step by step by the model itself, and told
 * apart by all that is in it. Nothing of the explorer but its alphabet is in here.
 */
export function naiveWorlds(rules: Rules, slots: number, bound: number): World[] {
  const first: World = {
    ...{ open: true, child: false },
    areas: Array.from({ length: slots }, () => undefined),
  };
  const seen = new Map([[JSON.stringify(first), first]]);
  let edge = [first];
  for (let depth = 0; depth < bound; depth++) {
    const next: World[] = [];
    for (const world of edge) {
      for (const operation of everyOperation(world)) {
        const after = step(world, operation, rules)?.world;
        const text = JSON.stringify(after);
        if (!after || seen.has(text)) continue;
        seen.set(text, after);
        next.push(after);
      }
    }
    edge = next;
  }
  return [...seen.values()];
}

/** Two worlds to which the same was done, one for each of two designs, up to where one answers otherwise than the other. */
type Pair = readonly [World, World];

/** Pairs with one area up to a bound, as anyone would count them. */
export function naivePairs(left: Rules, right: Rules, bound: number): Pair[] {
  const first: Pair = [emptyWorld(1), emptyWorld(1)];
  const seen = new Map([[JSON.stringify(first), first]]);
  let edge = [first];
  for (let depth = 0; depth < bound; depth++) {
    const next: Pair[] = [];
    for (const [one, other] of edge) {
      for (const operation of everyOperation(one)) {
        const [mine, theirs] = [step(one, operation, left), step(other, operation, right)];
        if (!mine || !theirs || answerOf(mine) !== answerOf(theirs)) continue;
        const after: Pair = [mine.world, theirs.world];
        const text = JSON.stringify(after);
        if (seen.has(text)) continue;
        seen.set(text, after);
        next.push(after);
      }
    }
    edge = next;
  }
  return [...seen.values()];
}

const answerOf = ({ result }: NonNullable<ReturnType<typeof step>>): string =>
  JSON.stringify({ ...result, why: undefined });

/** How many pairs there are when it does not matter in which of its two places a mapping is, the same one in both worlds. */
export function pairClassesOf(pairs: readonly Pair[]): number {
  const textOf = (pair: Pair, turn: (area: Area) => Area): string =>
    JSON.stringify(
      pair.map((world) => ({
        ...world,
        areas: world.areas.map((area) => area && inOrder(turn(area))),
      })),
    );
  const images = (pair: Pair) => [textOf(pair, (area) => area), textOf(pair, turned)];
  return new Set(pairs.map((pair) => images(pair).sort()[0])).size;
}

function everyOperation({ areas }: World): WorldOperation[] {
  const onAreas = areas.flatMap((area, slot) => [
    ...shapes.map((shape): WorldOperation => ({ op: 'mmap', area: slot, shape })),
    ...(area ? operationsOn(area.shape).map((each) => ({ ...each, area: slot })) : []),
  ]);
  return [...onAreas, ...wideOperations];
}

/** How many worlds there are when it does not matter which area is in which slot, nor in which of its places a mapping is. */
export function classesOf(worlds: readonly World[]): number {
  return new Set(worlds.map((world) => images(world).sort()[0])).size;
}

/** A world in every order of its slots, and with the two places of each area either way round. */
function images(world: World): string[] {
  return permutations(world.areas).flatMap((areas) =>
    choices(areas.map((area) => (area ? [area, turned(area)] : [undefined]))).map((chosen) =>
      JSON.stringify({ ...world, areas: chosen.map((area) => area && inOrder(area)) }),
    ),
  );
}

const inOrder = (area: Area): Area => ({
  ...area,
  mappings: [...area.mappings].sort((left, right) => left.at - right.at),
});

function turned(area: Area): Area {
  const whole = pagesOf(area.shape.parts);
  const mappings = area.mappings.map((mapping) => ({
    ...mapping,
    at: mapping.at < whole ? mapping.at + whole : mapping.at - whole,
  }));
  return { ...area, mappings };
}

function permutations<Value>(values: readonly Value[]): Value[][] {
  if (values.length < 2) return [[...values]];
  return values.flatMap((value, index) =>
    permutations(values.filter((_, at) => at !== index)).map((rest) => [value, ...rest]),
  );
}

const choices = <Value>(of: readonly (readonly Value[])[]): Value[][] =>
  of.reduce<Value[][]>(
    (sum, values) => sum.flatMap((chosen) => values.map((value) => [...chosen, value])),
    [[]],
  );
