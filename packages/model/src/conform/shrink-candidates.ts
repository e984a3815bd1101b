import fc from 'fast-check';
import { formatSequence, type WorldOperation } from '../world/index.ts';
import { simplerAreas } from './simpler-areas.ts';
import type { Sequence } from './walk.ts';
import { canBeMapped, simplest, weightOf } from './simplest.ts';

/** Leaves of a sequence what can be asked: of what something was taken out of, not all of the rest can. */
export type Trim = (sequence: Sequence) => Sequence;

/** Sequences up to this length are tried without any two of their operations. */
const SHORT = 10;

/** What is looked through for those that are run. */
const POOL = 1000;

/**
 * Simpler sequences to be tried in the place of one, the simplest first: operations taken out and simplified by
 * fast-check, memory simplified, all that is done to other memory left out. Of more than are to be run, those that leave
 * much out and those that leave little out alike; where there are fewer, also what they lead to in turn. None where
 * everything has been tried.
 */
export function candidatesOf(
  sequence: Sequence,
  { trim, most, skip }: { trim: Trim; most: number; skip: ReadonlySet<string> },
): Sequence[] {
  const found = new Map<string, Sequence>();
  const add = (candidates: Iterable<Sequence>, room: number): void => {
    for (const candidate of candidates) {
      if (found.size >= room) return;
      if (!candidate.every((each) => each.op !== 'mmap' || canBeMapped(each.shape))) continue;
      const trimmed = trim(candidate);
      const name = formatSequence(trimmed);
      if (weightOf(trimmed) < weightOf(sequence) && trimmed.length > 0 && !skip.has(name))
        found.set(name, trimmed);
    }
  };
  add(below(sequence), POOL);
  if (found.size > most) return spread(byWeight(found.values()), most);
  for (const next of byWeight(found.values())) add(below(next), most);
  return byWeight(found.values());
}

/** Some of many, from all over their order. */
const spread = <T>(all: readonly T[], most: number): T[] =>
  all.filter(
    (_, index) =>
      Math.floor((index * most) / all.length) !== Math.floor(((index - 1) * most) / all.length),
  );

const byWeight = (sequences: Iterable<Sequence>): Sequence[] =>
  [...sequences].toSorted((a, b) => weightOf(a) - weightOf(b));

function* below(sequence: Sequence): Iterable<Sequence> {
  yield* areaAlone(sequence);
  if (sequence.length <= SHORT) yield* withoutPairs(sequence);
  yield* simplerAreas(sequence);
  for (const { value } of operations.shrink([...sequence], undefined)) yield value;
}

/** What is done to the memory that the last operation is about, and to all memory. */
function* areaAlone(sequence: Sequence): Iterable<Sequence> {
  const last = sequence.findLast((each) => 'area' in each);
  if (last === undefined) return;
  yield sequence.filter((each) => !('area' in each) || each.area === last.area);
  yield sequence.filter((each) => 'area' in each && each.area === last.area);
}

function* withoutPairs(sequence: Sequence): Iterable<Sequence> {
  for (let one = 0; one < sequence.length; one++) {
    for (let other = one; other < sequence.length; other++) {
      yield sequence.filter((_, index) => index !== one && index !== other);
    }
  }
}

/** Kept as it is: it has to agree with other operations. */
const fixed = fc.noShrink(fc.nat());

const mmap = fc.record({
  op: fc.constant('mmap'),
  area: fixed,
  shape: fc.record({
    parts: fc.noShrink(
      fc.array(fc.record({ backing: fc.string(), pages: fc.nat() }), { maxLength: 64 }),
    ),
    share: fc.constantFrom(...simplest.share),
    prot: fc.constantFrom(...simplest.prot),
    touch: fc.constantFrom(...simplest.touch),
  }),
});

const map = fc.record(
  {
    op: fc.constant('map'),
    area: fixed,
    at: fixed,
    first: fc.nat(),
    count: fc.integer({ min: 1 }),
    asked: fc.constantFrom(...simplest.prot),
    limit: fixed,
  },
  { requiredKeys: ['op', 'area', 'at', 'first', 'count', 'asked'] },
);

const unmap = fc.record({
  op: fc.constant('unmap'),
  area: fixed,
  at: fixed,
  pages: fc.integer({ min: 1 }),
});

const other = fc.noShrink(
  fc.record({ op: fc.string(), area: fixed, part: fixed, at: fixed }, { requiredKeys: ['op'] }),
);

/** Takes operations out, and makes one simpler without a look at the others. Nothing is made of it, but shrunk. */
const operations = fc.array(
  fc.oneof(mmap, map, unmap, other),
) as fc.Arbitrary<unknown> as fc.Arbitrary<WorldOperation[]>;
