import { rangePages, type PartShape, type Shape, type WorldOperation } from '../world/index.ts';
import { leastPages, simplest } from './simplest.ts';

type Sequence = readonly WorldOperation[];
type Mmap = Extract<WorldOperation, { op: 'mmap' }>;
type Map = Extract<WorldOperation, { op: 'map' }>;

/**
 * The same sequence about simpler memory: fewer parts, fewer pages, at the beginning of its window. One area as it is
 * between an mmap() and the next is changed at a time, and with it all that is done to it.
 */
export const simplerAreas = (sequence: Sequence): Sequence[] => [
  ...renumbered(sequence),
  ...sequence.flatMap((operation, index) =>
    operation.op === 'mmap' ? simplerFrom(sequence, index, operation) : [],
  ),
];

/** Areas by the order in which they come. */
function renumbered(sequence: Sequence): Sequence[] {
  const met = [...new Set(sequence.flatMap((each) => ('area' in each ? [each.area] : [])))];
  return met.every((area, index) => area === index)
    ? []
    : [sequence.map((each) => ('area' in each ? { ...each, area: met.indexOf(each.area) } : each))];
}

function simplerFrom(sequence: Sequence, start: number, { area, shape }: Mmap): Sequence[] {
  const next = sequence.findIndex(
    (each, index) => index > start && each.op === 'mmap' && each.area === area,
  );
  const end = next === -1 ? sequence.length : next;
  const isOfIt = (each: WorldOperation, index: number): boolean =>
    index >= start && index < end && 'area' in each && each.area === area;
  const laidOut = shapesBelow(shape).map((change) => reshape(sequence, isOfIt, shape, change));
  const ofOtherKinds = simplerKinds(shape).map((parts) =>
    sequence.map((each, index) =>
      index === start && each.op === 'mmap' ? { ...each, shape: { ...shape, parts } } : each,
    ),
  );
  return [...laidOut, ...movedDown(sequence, isOfIt), ...ofOtherKinds];
}

/** One part made of a simpler kind of memory, as long as it was. */
const simplerKinds = ({ parts }: Shape): PartShape[][] =>
  parts.flatMap((part, index) =>
    simplest.backing
      .slice(0, simplest.backing.indexOf(part.backing))
      .map((backing) => ({ backing, pages: part.pages }))
      .filter((simpler) => simpler.pages % leastPages(simpler) === 0)
      .map((simpler) => parts.map((each, at) => (at === index ? simpler : each))),
  );

/** What becomes of each part: how many pages it keeps, `0` where it goes. */
type Change = readonly number[];

function shapesBelow({ parts }: Shape): Change[] {
  const pages = parts.map((part) => part.pages);
  const withPart = (index: number, left: number): Change =>
    pages.map((all, each) => (each === index ? left : all));
  return [
    ...(parts.length > 1 ? parts.map((_, index) => withPart(index, 0)) : []),
    parts.map(leastPages),
    ...parts.flatMap((part, index) => fewerPages(part).map((left) => withPart(index, left))),
  ].filter((change) => change.some((left, index) => left !== pages[index]));
}

function fewerPages(part: PartShape): number[] {
  const least = leastPages(part);
  const half = Math.floor(part.pages / 2 / least) * least;
  // What a batch of VFIO holds (VFIO_BATCH_MAX_CAPACITY), and so a size at which much turns.
  return [...new Set([least, 512, half])].filter((left) => least <= left && left < part.pages);
}

/** A page of the window, or the end of a range in it, which is no page any more. */
type Place = 'page' | 'end';

/** Where in parts that were shortened lies what lay at an offset in them. */
function offsetIn(
  before: readonly number[],
  after: readonly number[],
  offset: number,
  kind: Place,
): number {
  const [old = 0, ...restBefore] = before;
  const [left = 0, ...restAfter] = after;
  const isHere = kind === 'end' ? offset <= old : offset < old;
  if (isHere || restBefore.length === 0) {
    return Math.max(0, Math.min(offset, kind === 'end' ? left : left - 1));
  }
  return left + offsetIn(restBefore, restAfter, offset - old, kind);
}

/** Shortens parts, and moves what is done to them to where they are then. */
function reshape(
  sequence: Sequence,
  isOfIt: (operation: WorldOperation, index: number) => boolean,
  shape: Shape,
  change: Change,
): Sequence {
  const parts = shape.parts.map((part, index) => ({ ...part, pages: change[index] ?? 0 }));
  const left = parts.filter(({ pages }) => pages > 0);
  const placeOf = (part: number): number =>
    parts.slice(0, part).filter(({ pages }) => pages > 0).length;
  const maps: Map[] = [];
  const moved = (place: number, kind: Place): number => {
    const map = maps.findLast(({ at, first, count }) => {
      const end = at + rangePages(shape.parts, { first, count });
      return kind === 'end' ? at < place && place <= end : at <= place && place < end;
    });
    if (map === undefined) return place;
    const before = shape.parts.slice(map.first).map(({ pages }) => pages);
    const after = parts.slice(map.first).map(({ pages }) => pages);
    return map.at + offsetIn(before, after, place - map.at, kind);
  };
  return sequence.flatMap((each, index): WorldOperation[] => {
    if (!isOfIt(each, index)) return [each];
    switch (each.op) {
      case 'mmap':
        return [{ ...each, shape: { ...shape, parts: left } }];
      case 'map': {
        maps.push(each);
        const first = placeOf(each.first);
        const count = placeOf(each.first + each.count) - first;
        return count === 0 ? [] : [{ ...each, first, count }];
      }
      case 'unmap': {
        const at = moved(each.at, 'page');
        const pages = moved(each.at + each.pages, 'end') - at;
        return pages <= 0 ? [] : [{ ...each, at, pages }];
      }
      case 'dma-read':
      case 'dma-write':
        return [{ ...each, at: moved(each.at, 'page') }];
      default: {
        if (!('part' in each)) return [each];
        return change[each.part] === 0 ? [] : [{ ...each, part: placeOf(each.part) }];
      }
    }
  });
}

/** All that is done in the window, so much lower that the first of it is at its beginning. */
function movedDown(
  sequence: Sequence,
  isOfIt: (operation: WorldOperation, index: number) => boolean,
): Sequence[] {
  const least = Math.min(
    ...sequence.flatMap((each, index) => (isOfIt(each, index) && 'at' in each ? [each.at] : [])),
  );
  if (!Number.isFinite(least) || least === 0) return [];
  return [
    sequence.map((each, index) =>
      isOfIt(each, index) && 'at' in each ? { ...each, at: each.at - least } : each,
    ),
  ];
}
