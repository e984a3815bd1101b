import type { WorldOperation } from '../world/index.ts';
import { operationsOn, shapes as allShapes, wideOperations } from './alphabet.ts';
import type { AreaTable } from './area-table.ts';
import type { System } from './system.ts';
import { flagsOf, keyOf } from './walk.ts';

/** A world whose areas are those of a system. */
type Place<Each> = {
  readonly open: boolean;
  readonly child: boolean;
  readonly areas: readonly (Each | undefined)[];
};

type Move<Each> = {
  readonly operation: WorldOperation;
  /** Undefined where the walk does not go on. */
  readonly to: Place<Each> | undefined;
  readonly seen: readonly string[];
};

/**
 * The operations that lead along the worlds of a walk, and at its end to what was found there. In a walk worlds stand for
 * all that are alike; here each operation is done in turn to a world of its own, the first that fits being taken.
 * @param path as a walk found it @param name what was seen in the last of its worlds
 */
export function retrace<Each>(
  { system, areas, shapes = allShapes }: Ways<Each>,
  path: readonly number[],
  name: string,
  slots: number,
): WorldOperation[] {
  let place: Place<Each> = {
    ...{ open: true, child: false },
    areas: Array.from({ length: slots }, () => undefined),
  };
  const operations: WorldOperation[] = [];
  for (const key of path.slice(1)) {
    const move = find(moves(place, system, shapes), ({ to }) => to && keyAt(to, areas) === key);
    if (!move.to) throw new Error('a step of a walk leads nowhere');
    operations.push(move.operation);
    place = move.to;
  }
  const last = find(moves(place, system, shapes), ({ seen }) => seen.includes(name));
  return [...operations, last.operation];
}

type Ways<Each> = {
  readonly system: System<Each>;
  readonly areas: AreaTable<Each>;
  readonly shapes?: Parameters<typeof moves>[2] | undefined;
};

function find<Value>(values: Iterable<Value>, test: (value: Value) => unknown): Value {
  for (const value of values) if (test(value)) return value;
  throw new Error('a step of a walk cannot be done again');
}

/** Undefined where an area has not been met by the walk. */
function keyAt<Each>(place: Place<Each>, table: AreaTable<Each>): number | undefined {
  const ids = place.areas.map((area) => table.idOf(area));
  const known = ids.filter((id) => id !== undefined).sort((left, right) => left - right);
  return known.length === ids.length ? keyOf(known, flagsOf(place)) : undefined;
}

/** All that can be done in a world. */
function* moves<Each>(
  place: Place<Each>,
  system: System<Each>,
  shapes: typeof allShapes,
): Generator<Move<Each>> {
  const put = (slot: number, area: Each): Place<Each> => ({
    ...place,
    areas: place.areas.map((each, index) => (index === slot ? area : each)),
  });
  for (const [slot, area] of place.areas.entries()) {
    if (area === undefined || system.isFree(area)) {
      for (const shape of shapes) {
        const operation: WorldOperation = { op: 'mmap', area: slot, shape };
        yield { operation, to: put(slot, system.fresh(shape)), seen: [] };
      }
    }
    if (area === undefined) continue;
    for (const each of operationsOn(system.shapeOf(area))) {
      const turn = system.turn(area, each, place.open);
      const operation = { ...each, area: slot };
      const to = turn?.area === undefined ? undefined : put(slot, turn.area);
      if (turn) yield { operation, to, seen: turn.seen };
    }
  }
  for (const operation of wideOperations) {
    const after = afterWide(place, operation.op);
    if (!after) continue;
    const turns = place.areas.map((area) => area && system.turnWide(area, operation));
    yield {
      operation,
      to: { ...after, areas: turns.map((turn) => turn?.area) },
      seen: turns.flatMap((turn) => turn?.seen ?? []),
    };
  }
}

function afterWide<Each>(
  place: Place<Each>,
  op: (typeof wideOperations)[number]['op'],
): Place<Each> | undefined {
  switch (op) {
    case 'open':
      return place.open ? undefined : { ...place, open: true };
    case 'close':
      return place.open ? { ...place, open: false } : undefined;
    case 'fork':
      return place.child ? undefined : { ...place, child: true };
    case 'exit':
      return place.child ? { ...place, child: false } : undefined;
  }
}
