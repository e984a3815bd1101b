import {
  formatOperation,
  rulesOf,
  stepArea,
  type Area,
  type Design,
  type Result,
  type Shape,
} from '../world/index.ts';
import type { KernelVersion } from '../kernel-version.ts';
import type { AreaOperation } from './alphabet.ts';
import { AreaTable } from './area-table.ts';
import { canonicalAreas } from './canonical.ts';
import type { DesignDifference } from './result.ts';
import { retrace } from './retrace.ts';
import { around, systemOf, wideTurn, type System } from './system.ts';
import { walk, type Extent } from './walk.ts';

/** The same memory under two designs, to which the same has been done. */
type Pair = { readonly left: Area; readonly right: Area };

/**
 * Does the same to two designs side by side, and tells where their answers differ first: each kind of operation and memory
 * once, by the fewest operations. Behind a difference it does not go on, as the two have parted there.
 */
export function* differencesOf(
  left: Design,
  right: Design,
  kernel: KernelVersion,
  extent: Extent,
): Generator<number, DesignDifference[]> {
  const system = pairsOf(left, right, kernel);
  const areas = new AreaTable<Pair>(system);
  const { found } = yield* walk(areas, extent);
  const first = new Map<string, [name: string, path: readonly number[]]>();
  for (const [name, path] of found) {
    const [operation = ''] = name.split(SEPARATOR);
    if (!first.has(operation)) first.set(operation, [name, path]);
  }
  return [...first].map(([operation, [name, path]]) => {
    const [, design = '', against = ''] = name.split(SEPARATOR);
    const operations = retrace({ system, areas }, path, name, extent.slots);
    return { operation, design, against, shortest: operations.map(formatOperation) };
  });
}

const SEPARATOR = ' | ';

/** Areas of two designs side by side, up to where the two part. */
export function pairsOf(left: Design, right: Design, kernel: KernelVersion): System<Pair> {
  const [rules, others] = [rulesOf(left, kernel), rulesOf(right, kernel)];
  const one = systemOf(rules, () => []);
  return {
    fresh: (shape) => ({ left: one.fresh(shape), right: one.fresh(shape) }),
    isFree: (pair) => one.isFree(pair.left) && one.isFree(pair.right),
    shapeOf: ({ left: { shape } }) => shape,
    turn(pair, operation, open) {
      const mine = stepArea(pair.left, operation, rules, around(open));
      const theirs = stepArea(pair.right, operation, others, around(open));
      if (!mine && !theirs) return undefined;
      const [answer, other] = [sayAnswer(mine?.result), sayAnswer(theirs?.result)];
      if (mine && theirs && answer === other) {
        return { area: { left: mine.area, right: theirs.area }, seen: [] };
      }
      const what = sayWhat(operation, pair.left.shape);
      return { area: undefined, seen: [[what, answer, other].join(SEPARATOR)] };
    },
    turnWide: (pair, operation) => ({
      area: {
        left: wideTurn(pair.left, operation, rules),
        right: wideTurn(pair.right, operation, others),
      },
      seen: [],
    }),
    canonical: ({ left: mine, right: theirs }) => canonicalAreas([mine, theirs]),
  };
}

const untils = {
  signal: 'until a signal',
  never: 'for good',
  lease: 'for the owner of the mapping',
} as const;

function sayAnswer(result: Result | undefined): string {
  switch (result?.outcome) {
    case undefined:
      return 'cannot be asked';
    case 'maps':
      return result.unlocked ? 'maps, without the lock' : 'maps';
    case 'refused':
      return `refused ${result.errno}`;
    case 'unmapped':
      return `unmaps ${result.pages} pages`;
    case 'signal':
      return result.signal;
    case 'read':
      return `reads what ${result.content} wrote`;
    case 'read-nothing':
      return 'reads nothing';
    case 'written':
      return `writes to ${result.reached}`;
    case 'waits':
      return `waits ${untils[result.until]}`;
    case 'done':
      return 'returns';
  }
}

/** An operation and the memory that it meets. */
function sayWhat(operation: AreaOperation, { parts, share, prot }: Shape): string {
  const asked = operation.op === 'map' ? ` ${operation.asked}` : '';
  const met = partsOf(operation, parts).map(({ backing }) => backing);
  return `${operation.op}${asked}: ${met.join(' + ')}, ${share}${prot === 'ro' ? ', ro' : ''}`;
}

function partsOf(operation: AreaOperation, parts: Shape['parts']): Shape['parts'] {
  if (operation.op === 'map') {
    return parts.slice(operation.first, operation.first + operation.count);
  }
  return 'part' in operation ? parts.slice(operation.part, operation.part + 1) : parts;
}
