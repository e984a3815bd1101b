import { wideOperations } from './alphabet.ts';
import { EMPTY, type AreaTable } from './area-table.ts';
import { StateTable } from './state-table.ts';

/** How far a walk goes. */
export type Extent = {
  /** Operations in a sequence, at most. */
  readonly bound: number;
  /** Areas of memory at one time. */
  readonly slots: number;
};

/** Keys are whole numbers that a double holds: with more slots there is no room for the areas. */
export const MOST_SLOTS = 3;
/** What a million worlds take is some 30 MB. */
const MOST_STATES = 30_000_000;

/** Worlds between two pauses: some ten milliseconds. */
const PAUSE = 4096;

const OPEN = 1;
const CHILD = 2;
const FLAGS = 4;

export type Depth = { readonly states: number; readonly transitions: number };

export type Walk = {
  /** Of worlds first met after 0, 1, … operations, and of what was asked in them. */
  readonly depths: readonly Depth[];
  readonly states: number;
  readonly transitions: number;
  /** Where each name was seen first: the worlds on the way there, the last of them that in which it was asked. */
  readonly found: ReadonlyMap<string, readonly number[]>;
};

/**
 * Walks every sequence of operations up to a bound, breadth first, so that what is found first is found by the fewest
 * operations. Of worlds that differ in nothing but which memory is in which slot it goes on from one. Gives the number of
 * worlds so far now and then, for whoever waits, and may want to stop.
 * @throws RangeError when there are more worlds than memory.
 */
export function* walk<Each>(
  areas: AreaTable<Each>,
  { bound, slots }: Extent,
): Generator<number, Walk> {
  const base = baseFor(slots);
  const states = new StateTable();
  const found = new Map<string, number>();
  const depths: Depth[] = [];
  const ids = new Array<number>(slots).fill(EMPTY);
  const next = new Array<number>(slots).fill(EMPTY);
  states.add(keyOf(ids, OPEN, base), -1);
  let transitions = 0;

  const note = (seen: readonly string[], index: number): void => {
    for (const name of seen) if (!found.has(name)) found.set(name, index);
  };
  const meet = (flags: number, parent: number): void => {
    states.add(keyOf(next, flags, base), parent);
  };
  const expand = (index: number): void => {
    const flags = readKey(states.keyAt(index), ids, base);
    for (let slot = 0; slot < slots; slot++) {
      const id = ids[slot] ?? EMPTY;
      if (slot > 0 && id === ids[slot - 1]) continue;
      const row = areas.row(id, (flags & OPEN) !== 0);
      transitions += row.asked;
      if (row.seen.length > 0) note(row.seen, index);
      for (const after of row.nexts) {
        putSorted(ids, slot, after, next);
        meet(flags, index);
      }
    }
    for (let op = 0; op < wideOperations.length; op++) {
      const after = flagsAfter(flags, op);
      if (after === undefined) continue;
      transitions++;
      for (let slot = 0; slot < slots; slot++) {
        const { next: id, seen } = areas.wide(ids[slot] ?? EMPTY, op);
        next[slot] = id;
        if (seen.length > 0) note(seen, index);
      }
      next.sort(ascending);
      meet(after, index);
    }
  };

  let from = 0;
  for (let depth = 0; depth <= bound; depth++) {
    const [to, asked] = [states.size, transitions];
    if (depth < bound) {
      for (let index = from; index < to; index++) {
        expand(index);
        if (states.size > MOST_STATES) throw tooMany(bound, slots);
        if (index % PAUSE === 0) yield states.size;
      }
    }
    depths.push({ states: to - from, transitions: transitions - asked });
    from = to;
  }
  const paths = [...found].map(([name, index]): [string, number[]] => [name, states.pathTo(index)]);
  return { depths, states: states.size, transitions, found: new Map(paths) };
}

const tooMany = (bound: number, slots: number): RangeError =>
  new RangeError(
    `more than ${MOST_STATES / 1_000_000} million worlds within ${bound} operations on ${slots} areas`,
  );

const ascending = (left: number, right: number): number => left - right;

/** One more than the highest number of an area. */
function baseFor(slots: number): number {
  if (!(slots >= 1 && slots <= MOST_SLOTS)) throw new RangeError(`${slots} slots`);
  return 2 ** Math.min(25, Math.floor(51 / slots));
}

/** A world as a number. @param ids in ascending order */
export function keyOf(ids: readonly number[], flags: number, base = baseFor(ids.length)): number {
  let key = 0;
  for (const id of ids) {
    if (id >= base) throw new RangeError('more areas that differ than a key has room for');
    key = key * base + id;
  }
  return key * FLAGS + flags;
}

/** @param ids is filled @returns the flags */
function readKey(key: number, ids: number[], base: number): number {
  let rest = Math.floor(key / FLAGS);
  for (let slot = ids.length - 1; slot >= 0; slot--) {
    const above = Math.floor(rest / base);
    ids[slot] = rest - above * base;
    rest = above;
  }
  return key % FLAGS;
}

/** The flags of a world as its key has them. */
export const flagsOf = ({ open, child }: { open: boolean; child: boolean }): number =>
  (open ? OPEN : 0) + (child ? CHILD : 0);

/** Undefined where the operation cannot be asked. */
function flagsAfter(flags: number, operation: number): number | undefined {
  const [flag, wanted] = operation < 2 ? [OPEN, operation === 0] : [CHILD, operation === 3];
  return ((flags & flag) !== 0) === wanted ? flags ^ flag : undefined;
}

/** Takes one number out of a sorted list and puts another where it belongs. */
function putSorted(ids: readonly number[], out: number, put: number, into: number[]): void {
  let at = 0;
  let isPut = false;
  for (let slot = 0; slot < ids.length; slot++) {
    if (slot === out) continue;
    const id = ids[slot] ?? EMPTY;
    if (!isPut && put <= id) {
      into[at++] = put;
      isPut = true;
    }
    into[at++] = id;
  }
  if (!isPut) into[at] = put;
}
