import { isFsdax, type Backing } from '../backing.ts';
import { describeExpectation, expectMap, pinningOf, type Expectation } from '../expectation.ts';
import { iova, operations as op, type Operation } from '../plan.ts';
import type { AgentRecord } from '../record.ts';
import type { Assumption, RefusalCell, RefusalRow, Variant } from '../result.ts';
import { combineVerdicts } from '../verdict.ts';
import { accountingOf, leftBehind } from './accounting.ts';
import type { Check, CheckContext, Leg } from './check.ts';
import {
  bufferAssumptions,
  bufferParts,
  describeFailure,
  MiB,
  PAGE,
  structPagesAssumption,
} from './memory.ts';

const name = 'pin-refusal';
const LENGTH = 2 * MiB;
/** Enough to see that an IOVA is free again. */
const AGAIN = 16 * PAGE;
/** edu moves it in one go: its buffer is 4 KiB, and QEMU 7.2 aborts on a transfer that fills it. */
const DMA = 2048;
/** Under edu's default DMA mask of 28 bits. */
const IOVA = 16 * MiB;
const SEED = 94;

const idOf = (backing: Backing, step: string): string => `${name}.${backing}.${step}`;

/** DAX memory may come without struct pages, everything else cannot. */
const needsStructPageProof = (backing: Backing): boolean =>
  backing.startsWith('fsdax') || backing === 'device-dax';

function planBacking(
  variant: Variant,
  backing: Backing,
  context: CheckContext,
  leg: number,
): Operation[] {
  const expected = expectMap(pinningOf(variant), backing, context.kernel);
  const id = (step: string): string => idOf(backing, step);
  const range = { iova: iova(IOVA), len: LENGTH };
  // A file is named after its buffer, and some stay until the guest goes.
  const buffer = `${leg}-${backing}`;
  return [
    op.buffer({ name: buffer, parts: bufferParts(backing, LENGTH), touch: 'write' }, id('buffer')),
    ...(needsStructPageProof(backing) ? [op.gup({ buffer }, id('gup'))] : []),
    op.counters(id('counters-start')),
    op.map({ iova: iova(IOVA), buffer }, id('map')),
    ...(expected.outcome === 'maps' ? planDma(buffer, id) : []),
    op.unmap(range, id('unmap')),
    op.counters(id('counters-unmapped')),
    op.buffer(
      { name: 'again', parts: bufferParts('anon', AGAIN), touch: 'write' },
      id('again-buffer'),
    ),
    op.map({ iova: iova(IOVA), buffer: 'again' }, id('again-map')),
    op.unmap(range, id('again-unmap')),
    op.release({ name: 'again' }),
    op.counters(id('counters-end')),
    // Pins that the kernel keeps (see stuckPages) would make an unlink print a WARNING, before the patch as after it.
    op.release(
      { name: buffer, file: expected.outcome === 'maps' && isFsdax(backing) ? 'keep' : 'unlink' },
      id('release'),
    ),
  ];
}

/**
 * How many pins of a mapping the kernel keeps after its unmap. put_pfn() in vfio_iommu_type1.c passes over pages that
 * are marked reserved, and memmap_init_zone_device() marks every page of persistent memory so: seen on 6.1 with
 * Debian's own modules, device-dax included.
 */
function stuckPages(expected: Expectation, backing: Backing): number {
  if (expected.outcome === 'refused') return 0;
  if (backing === 'half-fsdax') return LENGTH / PAGE / 2;
  return needsStructPageProof(backing) ? LENGTH / PAGE : 0;
}

/** The device copies the start of the mapping's first page of the mapping over that of its second. */
function planDma(buffer: string, id: (step: string) => string): Operation[] {
  return [
    op.fill({ buffer, off: 0, len: PAGE, seed: SEED }),
    op.fill({ buffer, off: PAGE, len: PAGE, seed: SEED + 1 }),
    op.dmaCopy({ from: iova(IOVA), to: iova(IOVA + PAGE), len: DMA }, id('dma')),
    op.compare({ buffer, off: PAGE, len: DMA, seed: SEED }, id('dma-arrived')),
  ];
}

/** Judges what one variant did with one backing. The reason is a sentence without its subject. */
export function judgeCell(
  expected: Expectation,
  stuck: number,
  record: (step: string) => AgentRecord | undefined,
): Omit<RefusalCell, 'verdict'> & { wrong?: string } {
  const map = record('buffer')?.ok === true ? record('map') : undefined;
  const seen = map === undefined ? 'unknown' : map.ok ? 'maps' : 'refused';
  const cell = {
    outcome: seen,
    expected: describeExpectation(expected),
    ...(seen === 'refused' && { errno: map?.error ?? String(map?.errno) }),
  } as const;
  const wrong = [
    wrongOutcome(expected, map),
    wrongDma(expected, record),
    wrongEnd(stuck, record),
  ].find((reason) => reason !== undefined);
  return wrong === undefined ? cell : { ...cell, wrong };
}

function wrongOutcome(expected: Expectation, map: AgentRecord | undefined): string | undefined {
  if (map === undefined) return 'could not be asked';
  if (expected.outcome === 'maps') {
    return map.ok ? undefined : `was refused with ${describeFailure(map)}, where ${expected.why}`;
  }
  if (map.ok) return `was pinned, where ${expected.why}`;
  return map.error === expected.errno
    ? undefined
    : `was refused with ${describeFailure(map)} and not with ${expected.errno}`;
}

function wrongDma(
  expected: Expectation,
  record: (step: string) => AgentRecord | undefined,
): string | undefined {
  if (expected.outcome === 'refused') return undefined;
  const dma = record('dma');
  if (dma?.ok !== true) return `was mapped, but the device's DMA failed: ${describeFailure(dma)}`;
  const arrived = record('dma-arrived');
  if (arrived?.ok !== true)
    return `was mapped, but the DMA's target could not be read: ${describeFailure(arrived)}`;
  return arrived['equal'] === true
    ? undefined
    : "was mapped, but the device's DMA did not arrive in it";
}

function wrongEnd(
  stuck: number,
  record: (step: string) => AgentRecord | undefined,
): string | undefined {
  const map = record('map');
  const unmap = record('unmap');
  const unmapped = map?.ok === true ? LENGTH : 0;
  if (unmap?.ok !== true) return `could not be unmapped: ${describeFailure(unmap)}`;
  if (unmap['unmapped'] !== unmapped) {
    return unmapped === 0
      ? `was refused, yet ${String(unmap['unmapped'])} bytes were left mapped`
      : `was unmapped only in part: ${String(unmap['unmapped'])} of ${LENGTH} bytes`;
  }
  const start = accountingOf(record('counters-start'));
  for (const moment of ['counters-unmapped', 'counters-end']) {
    const end = accountingOf(record(moment));
    if (!start || !end) return 'left no account of what it holds';
    const left = leftBehind(start, end, stuck);
    if (left !== undefined) return `left something behind: ${left}`;
  }
  const again = record('again-map');
  if (again?.ok !== true)
    return `left its IOVA unusable: mapping it again gave ${describeFailure(again)}`;
  return record('again-unmap')?.ok === true
    ? undefined
    : 'left its IOVA so that it cannot be unmapped again';
}

type Seen = { leg: Leg | undefined; patched: boolean };

/** The legs of one variant, and whether the patched modules had run before each. */
function seenIn(legs: readonly Leg[], variant: Variant): Seen[] {
  const firstAfter = legs.findIndex((leg) => leg.variant === 'after');
  const seen = legs.flatMap((leg, index) =>
    leg.variant === variant ? [{ leg, patched: firstAfter !== -1 && index > firstAfter }] : [],
  );
  return seen.length > 0 ? seen : [{ leg: undefined, patched: false }];
}

function cellOf(
  variant: Variant,
  backing: Backing,
  { leg, patched }: Seen,
  context: CheckContext,
): RefusalCell {
  const expected = expectMap(pinningOf(variant), backing, context.kernel);
  const { wrong, ...cell } = judgeCell(expected, stuckPages(expected, backing), (step) =>
    leg?.record(idOf(backing, step)),
  );
  if (wrong === undefined) return { ...cell, verdict: 'pass' };
  if (cell.outcome === 'unknown') return { ...cell, verdict: 'invalid', detail: wrong };
  if (variant === 'after') return { ...cell, verdict: 'fail', detail: wrong };
  // Before is what the patch is held against: when it is not as the model says, nothing is learnt of the patch. What
  // it no longer does once the patched modules have run, they have broken.
  return patched
    ? { ...cell, verdict: 'fail', detail: `${wrong}, and was not before the patched modules ran` }
    : { ...cell, verdict: 'invalid', detail: wrong };
}

/** Every leg of a variant must be right: the first that is not speaks for all. */
function worstCell(
  variant: Variant,
  backing: Backing,
  legs: readonly Leg[],
  context: CheckContext,
): RefusalCell {
  const cells = seenIn(legs, variant).map((seen) => cellOf(variant, backing, seen, context));
  const verdict = combineVerdicts(cells.map((cell) => cell.verdict));
  return (
    cells.find((cell) => cell.verdict === verdict) ??
    cellOf(variant, backing, { leg: undefined, patched: false }, context)
  );
}

function assumptionsOf(leg: Leg, backing: Backing): Assumption[] {
  const where = leg.variant;
  return [
    ...bufferAssumptions(backing, where, leg.record(idOf(backing, 'buffer'))),
    ...(needsStructPageProof(backing)
      ? [structPagesAssumption(backing, where, leg.record(idOf(backing, 'gup')))]
      : []),
  ];
}

/** What a reviewer should know although it is no fault of the patch. */
function notesOf(legs: readonly Leg[], context: CheckContext): string[] {
  const kept = context.backings.filter((backing) =>
    legs.some((leg) => {
      const [start, end] = ['counters-start', 'counters-end'].map((moment) =>
        accountingOf(leg.record(idOf(backing, moment))),
      );
      const stuck = stuckPages(expectMap(pinningOf(leg.variant), backing, context.kernel), backing);
      return stuck > 0 && (end?.pinned ?? 0) - (start?.pinned ?? 0) === stuck;
    }),
  );
  if (kept.length === 0) return [];
  return [
    `Where this kernel pins persistent memory (${kept.join(', ')}) VFIO never gives the pins back: put_pfn() passes over reserved pages. That is so without the patch, and is not held against it.`,
  ];
}

const firstReason = (rows: readonly RefusalRow[]): string | undefined => {
  for (const verdict of ['fail', 'invalid'] as const) {
    for (const row of rows) {
      for (const variant of ['after', 'before'] as const) {
        const cell = row[variant];
        if (cell.verdict === verdict) return `${variant}: ${row.backing} ${cell.detail ?? ''}`;
      }
    }
  }
  return undefined;
};

/** Before the patch filesystem-DAX is pinned, after it refused with EOPNOTSUPP; nothing else changes and nothing is left behind. */
export const pinRefusal: Check = {
  name,
  title: 'VFIO refuses to pin filesystem-DAX memory, and only that',
  legs: ['before', 'after', 'after', 'before'],
  timed: false,
  boots: () => 1,
  skip: () => undefined,
  plan: (variant, context, leg) =>
    context.backings.flatMap((backing) => planBacking(variant, backing, context, leg)),
  judge: (legs, context) => {
    const rows = context.backings.map((backing): RefusalRow => {
      const before = worstCell('before', backing, legs, context);
      const after = worstCell('after', backing, legs, context);
      return { backing, before, after, verdict: combineVerdicts([before.verdict, after.verdict]) };
    });
    const verdict = combineVerdicts(rows.map((row) => row.verdict));
    const reason = firstReason(rows);
    return {
      result: {
        name,
        title: pinRefusal.title,
        verdict,
        rows,
        notes: notesOf(legs, context),
        ...(reason !== undefined && { reason }),
      },
      assumptions: legs.flatMap((each) =>
        context.backings.flatMap((backing) => assumptionsOf(each, backing)),
      ),
    };
  },
};
