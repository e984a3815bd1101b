import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { operationsOn, shapes } from '../../src/explore/alphabet.ts';
import { AreaTable } from '../../src/explore/area-table.ts';
import { canonicalArea, canonicalAreas, swapPlaces } from '../../src/explore/canonical.ts';
import { differencesOf, pairsOf } from '../../src/explore/differences.ts';
import { tellFindings } from '../../src/explore/findings.ts';
import { StateTable } from '../../src/explore/state-table.ts';
import { around, systemOf } from '../../src/explore/system.ts';
import { toItsEnd } from '../../src/explore/to-its-end.ts';
import { keyOf, walk } from '../../src/explore/walk.ts';
import { designOf, rulesOf, stepArea, type Area } from '../../src/world/index.ts';
import { mmap } from '../../src/world/process.ts';
import { classesOf, naivePairs, naiveWorlds, pairClassesOf } from './naive.ts';

const rulesIn = (design: string, major: number, minor: number) =>
  rulesOf(designOf(design), { major, minor });
const tableFor = (rules: ReturnType<typeof rulesIn>): AreaTable<Area> =>
  new AreaTable(systemOf(rules, tellFindings));

describe('a walk', () => {
  test.each([
    ['gup-fast', 6, 1, 1, 4],
    ['gup-fast', 4, 15, 2, 3],
    ['longterm', 6, 1, 2, 3],
    ['lease', 6, 12, 2, 3],
    ['gup-fast', 6, 1, 3, 2],
  ])(
    'meets as many worlds of %s on %i.%i as there are, with %i areas in %i operations',
    (...of) => {
      const [design, major, minor, slots, bound] = of;
      const rules = rulesIn(design, major, minor);
      const { states } = toItsEnd(walk(tableFor(rules), { bound, slots }));
      expect(states).toBe(classesOf(naiveWorlds(rules, slots, bound)));
    },
  );

  test('counts each depth, and asks nothing of the last', () => {
    const table = tableFor(rulesIn('gup-fast', 6, 1));
    const { depths, states, transitions } = toItsEnd(walk(table, { bound: 3, slots: 2 }));
    const sum = (of: 'states' | 'transitions') => depths.reduce((all, each) => all + each[of], 0);
    expect(depths).toHaveLength(4);
    expect(depths[0]).toEqual({ states: 1, transitions: shapes.length + 2 });
    expect([sum('states'), sum('transitions')]).toEqual([states, transitions]);
    expect(depths.at(-1)?.transitions).toBe(0);
  });

  test('takes no more areas than a key has room for', () => {
    const table = tableFor(rulesIn('gup-fast', 6, 1));
    expect(() => toItsEnd(walk(table, { bound: 1, slots: 4 }))).toThrow('4 slots');
    expect(() => keyOf([1, 2, 2 ** 17], 0)).toThrow('room');
  });
});

describe('a walk of two designs side by side', () => {
  const kernel = { major: 6, minor: 1 };
  const [lease, fast] = [designOf('lease'), designOf('gup-fast')];

  test('meets as many pairs as there are', () => {
    const areas = new AreaTable(pairsOf(lease, fast, kernel));
    const { states } = toItsEnd(walk(areas, { bound: 4, slots: 1 }));
    const pairs = naivePairs(rulesOf(lease, kernel), rulesOf(fast, kernel), 4);
    expect(states).toBe(pairClassesOf(pairs));
  });

  test('tells of an operation and its memory once, by the fewest operations', () => {
    const extent = { bound: 4, slots: 1 };
    const differences = toItsEnd(differencesOf(lease, fast, kernel, extent));
    const named = differences.map(({ operation }) => operation);
    expect(named).toEqual([...new Set(named)]);
    const truncate = differences.find(
      ({ operation }) => operation === 'truncate: fsdax-ext4, shared',
    );
    expect(truncate?.shortest.map((line) => line.split(' ')[0])).toEqual([
      'mmap',
      'map',
      'truncate',
    ]);
  });
});

describe('the canonical form', () => {
  const areas = fc
    .tuple(fc.constantFrom(...shapes), fc.array(fc.nat(), { maxLength: 12 }))
    .map(([shape, picks]) => {
      const operations = operationsOn(shape);
      return picks.reduce(
        (area, pick) => {
          const operation = operations[pick % operations.length];
          if (!operation) throw new Error('no operations');
          const rules = rulesIn('gup-fast', 6, 1);
          return stepArea(area, operation, rules, around(true))?.area ?? area;
        },
        mmap(shape, rulesIn('gup-fast', 6, 1)),
      );
    });

  test('is the same for the two places of an area, and for mappings in another order', () => {
    fc.assert(
      fc.property(areas, (area) => {
        const turned = { ...area, mappings: swapPlaces(area).reverse() };
        expect(canonicalArea(turned)).toBe(canonicalArea(area));
      }),
    );
  });

  test('of two areas side by side folds their places together, and not one by one', () => {
    fc.assert(
      fc.property(areas, (area) => {
        const turned = { ...area, mappings: swapPlaces(area) };
        expect(canonicalAreas([turned, turned])).toBe(canonicalAreas([area, area]));
      }),
    );
    const rules = rulesIn('gup-fast', 6, 1);
    const fresh = shapes.slice(0, 1).map((shape) => mmap(shape, rules));
    const mapped = fresh.flatMap((area) =>
      ([0, 1] as const).flatMap((at) => {
        const map = { op: 'map', area: 0, at, first: 0, count: 1, asked: 'rw' } as const;
        return stepArea(area, map, rules, around(true))?.area ?? [];
      }),
    );
    const [here, there] = mapped;
    if (!here || !there) throw new Error('nothing is mapped');
    expect(canonicalAreas([here, there])).toBe(canonicalAreas([there, here]));
    expect(canonicalAreas([here, there])).not.toBe(canonicalAreas([here, here]));
  });

  test('holds together only what no operation can tell apart', () => {
    const rules = rulesIn('gup-fast', 6, 1);
    const turns = (area: Area) =>
      operationsOn(area.shape).map((operation) => stepArea(area, operation, rules, around(true)));
    const alike = new Map<string, Map<string, Area>>();
    let edge: Area[] = shapes.map((shape) => mmap(shape, rules));
    for (let depth = 0; depth < 4; depth++) {
      const met = edge.filter((area) => {
        const text = `${shapes.indexOf(area.shape)} ${canonicalArea(area)}`;
        const group = alike.get(text) ?? new Map<string, Area>();
        alike.set(text, group);
        const isNew = !group.has(JSON.stringify(area));
        group.set(JSON.stringify(area), area);
        return isNew;
      });
      edge = met.flatMap((area) => turns(area).flatMap((each) => each?.area ?? []));
    }
    const groups = [...alike.values()].map((group) => [...group.values()]);
    expect(groups.filter((group) => group.length > 1).length).toBeGreaterThan(50);
    for (const [one, ...others] of groups) {
      const answers = (area: Area | undefined) =>
        (area ? turns(area) : [])
          .map((turn) => JSON.stringify([turn?.result, turn && canonicalArea(turn.area)]))
          .sort();
      for (const other of others) expect(answers(other)).toEqual(answers(one));
    }
  });
});

describe('the table of states', () => {
  test('holds each world once, in the order met, whatever the keys are', () => {
    const key = fc.oneof(fc.nat({ max: 9 }), fc.maxSafeNat(), fc.nat());
    fc.assert(
      fc.property(fc.array(key), (keys) => {
        const table = new StateTable();
        const added = keys.filter((each, index) => table.add(each, index - 1));
        expect(added).toEqual([...new Set(keys)]);
        expect(added.map((_, index) => table.keyAt(index))).toEqual(added);
      }),
    );
  });

  test('grows, and knows the way to each', () => {
    const table = new StateTable();
    const many = 200_000;
    for (let index = 0; index < many; index++) table.add(index * 2 ** 30, index - 1);
    expect(table.size).toBe(many);
    expect(table.add(5 * 2 ** 30, 0)).toBe(false);
    expect(table.pathTo(3)).toEqual([0, 1, 2, 3].map((each) => each * 2 ** 30));
  });
});
