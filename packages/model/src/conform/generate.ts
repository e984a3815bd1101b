import fc from 'fast-check';
import {
  designOf,
  emptyWorld,
  isFree,
  pagesOf,
  rangePages,
  rulesOf,
  type Area,
  type Rules,
  type World,
  type WorldOperation,
} from '../world/index.ts';
import { endOf, lengthOf, placeOf } from '../world/container.ts';
import type { KernelVersion } from '../kernel-version.ts';
import { filesIn } from './guards.ts';
import { ENTRY_LIMIT, SLOTS } from './layout.ts';
import { layouts, manners } from './shapes.ts';
import { walkOne, type Sequence } from './walk.ts';

/** What is to be done next, before it is known what there is to do it to: numbers choose among that. */
type Draw = { readonly kind: Kind; readonly picks: readonly number[] };

type Kind = (typeof kinds)[number]['kind'];

/** How often each is drawn. Simpler ones first: what shrinks ends there. */
const kinds = [
  { weight: 14, kind: 'mmap' },
  { weight: 24, kind: 'map' },
  { weight: 10, kind: 'unmap' },
  { weight: 9, kind: 'store' },
  { weight: 9, kind: 'load' },
  { weight: 9, kind: 'change' },
  { weight: 8, kind: 'dma-write' },
  { weight: 7, kind: 'dma-read' },
  { weight: 4, kind: 'munmap' },
  { weight: 3, kind: 'hole' },
  { weight: 5, kind: 'child-store' },
  { weight: 4, kind: 'child-load' },
  { weight: 3, kind: 'exit' },
  { weight: 2, kind: 'close' },
] as const;

/** Draws that a sequence is made of: fewer say little. */
const FEWEST = 6;
/** Draws that it is made of at most, where nobody asks for another length. */
export const LONGEST = 28;

const draws: fc.Arbitrary<Draw> = fc.record({
  kind: fc.oneof(
    ...kinds.map(({ weight, kind }) => ({ weight, arbitrary: fc.constant<Kind>(kind) })),
  ),
  picks: fc.array(fc.nat({ max: 9999 }), { minLength: 5, maxLength: 5 }),
});

/** Rules by which sequences are made: most of what may be asked can be asked where memory is pinned without a rule. */
export const rulesForMaking = (kernel: KernelVersion): Rules =>
  rulesOf(designOf('gup-fast'), kernel, ENTRY_LIMIT);

export type SequenceOptions = { readonly kernel: KernelVersion; readonly maxLength?: number };

/** Sequences, as fast-check makes and shrinks them. */
export const arbitrarySequence = ({
  kernel,
  maxLength = LONGEST,
}: SequenceOptions): fc.Arbitrary<Sequence> =>
  fc
    .array(draws, { minLength: Math.min(FEWEST, maxLength), maxLength, size: 'max' })
    .map((drawn) => resolve(drawn, rulesForMaking(kernel)));

/** The sequences of a seed: always the same. */
export const sequencesOf = (seed: number, count: number, options: SequenceOptions): Sequence[] =>
  fc.sample(arbitrarySequence(options), { seed, numRuns: count });

/** What was drawn as operations; what there is nothing for is left out. */
function resolve(drawn: readonly Draw[], rules: Rules): WorldOperation[] {
  const sequence: WorldOperation[] = [];
  let world = emptyWorld(SLOTS);
  for (const draw of drawn) {
    for (const operation of operationsOf(draw, world)) {
      const walked = walkOne(world, operation, rules, sequence.at(-1));
      if ('reason' in walked) break;
      sequence.push(operation);
      world = walked.after;
    }
  }
  return sequence;
}

type Slot = { readonly slot: number; readonly area: Area };

const choose = <T>(all: readonly T[], number = 0): T | undefined => all[number % all.length];

const slotsWith = (world: World, wanted: (area: Area) => boolean): Slot[] =>
  world.areas.flatMap((area, slot) => (area && wanted(area) ? [{ area, slot }] : []));

/** What cannot be done for want of something is that first which makes it so. */
function operationsOf({ kind, picks }: Draw, world: World): WorldOperation[] {
  const [which, ...more] = picks;
  const mapped = slotsWith(world, isMapped);
  if (mapped.length === 0 && kind !== 'close') return mmapOf(world, picks);
  if (!world.open && needsContainer.has(kind)) return [{ op: 'open' }];
  switch (kind) {
    case 'mmap':
      return mmapOf(world, picks);
    case 'map':
      return mapOf(choose(mapped, which), more);
    case 'unmap':
      return unmapOf(choose(slotsWith(world, hasMappings), which) ?? choose(mapped, which), more);
    case 'store':
    case 'load':
    case 'hole':
      return onPart(kind, choose(mapped, which), more);
    case 'child-store':
    case 'child-load':
      return world.child
        ? onPart(kind, choose(slotsWith(world, isForked), which), more)
        : [{ op: 'fork' }];
    case 'change':
      return changeOf(choose(slotsWith(world, hasFiles), which), more);
    case 'dma-write':
    case 'dma-read':
      return transferOf(kind, choose(slotsWith(world, hasMappings), which), more);
    case 'munmap': {
      const found = choose(mapped, which);
      return found ? [{ op: kind, area: found.slot }] : [];
    }
    case 'close':
      return [{ op: world.open ? 'close' : 'open' }];
    case 'exit':
      return [{ op: kind }];
  }
}

const needsContainer = new Set<Kind>(['map', 'unmap', 'dma-read', 'dma-write']);

const isMapped = ({ mapped }: Area): boolean => mapped;
const isForked = ({ forked }: Area): boolean => forked;
const hasMappings = ({ mappings }: Area): boolean => mappings.length > 0;
const hasFiles = (area: Area): boolean =>
  filesIn(area).some((index) => area.parts[index]?.file?.linked === true);

const weighted = <T extends { readonly weight: number }>(
  all: readonly T[],
  number = 0,
): T | undefined => {
  let left = number % all.reduce((sum, { weight }) => sum + weight, 0);
  return all.find(({ weight }) => (left -= weight) < 0);
};

function mmapOf({ areas }: World, [slot, layout, manner]: readonly number[]): WorldOperation[] {
  const free = areas.flatMap((area, index) => (isFree(area) ? [index] : []));
  const area = choose(free, slot);
  const parts = weighted(layouts, layout)?.parts;
  const how = choose(manners, manner);
  return area === undefined || !parts || !how
    ? []
    : [{ op: 'mmap', area, shape: { parts, ...how } }];
}

/** Most often all of an area at the start of its window; else some of its parts, elsewhere, under a limit. */
function mapOf(
  found: Slot | undefined,
  [range = 0, place = 0, asked = 0, limited = 0]: readonly number[],
): WorldOperation[] {
  if (!found) return [];
  const { parts, prot } = found.area.shape;
  const first = range % 3 === 0 ? ((range / 3) % parts.length) | 0 : 0;
  const count = range % 3 === 0 ? 1 + ((range >> 4) % (parts.length - first)) : parts.length;
  const pages = rangePages(parts, { first, count });
  const limits = [pages - 1, pages, pages + 1, 2 * pages, 0];
  const limit = limited % 5 === 0 ? choose(limits, (limited / 5) | 0) : undefined;
  return [
    {
      ...{ op: 'map', area: found.slot, first, count },
      at: choose([0, 0, pagesOf(parts), 1, 2 * pagesOf(parts) + 1], place) ?? 0,
      asked: asked % (prot === 'ro' ? 1.5 : 4) < 1 ? 'ro' : 'rw',
      ...(limit !== undefined && { limit }),
    },
  ];
}

/** One mapping, all of a window, nothing, or a range that cuts a mapping in two. */
function unmapOf(
  found: Slot | undefined,
  [which = 0, how = 0]: readonly number[],
): WorldOperation[] {
  if (!found) return [];
  const { area, slot } = found;
  const mapping = choose(area.mappings, which);
  const length = mapping ? lengthOf(area, mapping) : 1;
  const at = mapping?.at ?? 0;
  const ranges = [
    { at, pages: length },
    { at, pages: length },
    { at, pages: length },
    { at, pages: length },
    { at: 0, pages: 4 * pagesOf(area.shape.parts) + 2 },
    { at: at + length, pages: 1 },
    { at, pages: Math.max(1, length - 1) },
    { at: at + 1, pages: length },
    { at: at + Math.floor(length / 2), pages: length },
  ];
  const range = choose(ranges, how);
  return range ? [{ op: 'unmap', area: slot, ...range }] : [];
}

function onPart(
  op: 'store' | 'load' | 'hole' | 'child-store' | 'child-load',
  found: Slot | undefined,
  [which = 0]: readonly number[],
): WorldOperation[] {
  if (!found) return [];
  const part = which % found.area.parts.length;
  return [{ op, area: found.slot, part }];
}

/**
 * Where a block is free afterwards that a device still has, somebody takes it: a file of another sequence that got it
 * would find it in use. The device then writes to it.
 */
function changeOf(found: Slot | undefined, [which, how = 0]: readonly number[]): WorldOperation[] {
  if (!found) return [];
  const part = choose(filesIn(found.area), which);
  const op = choose(['truncate', 'punch', 'unlink'] as const, how);
  if (part === undefined || op === undefined) return [];
  const at = { area: found.slot, part };
  const reached = reachedAt(found.area, part);
  return [
    { op, ...at },
    { op: 'create', ...at },
    ...(reached === undefined
      ? []
      : [{ op: 'dma-write', area: found.slot, at: reached } satisfies WorldOperation]),
  ];
}

/** Where in its window a device has a part. */
function reachedAt(area: Area, part: number): number | undefined {
  const mapping = area.mappings.find(({ first, count }) => first <= part && part < first + count);
  return mapping && placeOf(area, mapping, part);
}

/** Where a part begins for the device, or where nothing is mapped. */
function transferOf(
  op: 'dma-read' | 'dma-write',
  found: Slot | undefined,
  [which = 0]: readonly number[],
): WorldOperation[] {
  if (!found) return [];
  const { area, slot } = found;
  const places = area.mappings.flatMap((mapping) =>
    Array.from({ length: mapping.count }, (_, part) =>
      placeOf(area, mapping, mapping.first + part),
    ),
  );
  const free = Math.max(0, ...area.mappings.map((mapping) => endOf(area, mapping)));
  const all = [...places, ...places, ...places, free];
  return [{ op, area: slot, at: choose(all, which) ?? 0 }];
}
