import type { Backing } from '../../backing.ts';
import { describeExpectation, punchWaits } from '../../expect/index.ts';
import type { AgentRecord } from '../../record.ts';
import type { Assumption, RefusalCell, RefusalRow, Variant } from '../../result.ts';
import { combineVerdicts } from '../../verdict.ts';
import { eras, sayVersion } from '../../world/index.ts';
import { accountingOf } from '../accounting.ts';
import type { Check, CheckContext, Leg } from '../check.ts';
import { laidAtPatch } from '../laid-at-patch.ts';
import { bufferAssumptions, structPagesAssumption } from '../memory.ts';
import { heldWhileMapped, judgeAnswers } from './answers.ts';
import {
  expectationOf,
  idOf,
  isAsked,
  keptOf,
  name,
  needsStructPageProof,
  planBacking,
} from './questions.ts';

/** The legs of one variant in which a backing was asked about. */
const seenIn = (legs: readonly Leg[], variant: Variant, backing: Backing): Leg[] =>
  legs.filter((leg) => leg.variant === variant && isAsked(backing, leg.index));

const answersOf =
  (leg: Leg | undefined, backing: Backing) =>
  (step: string): AgentRecord | undefined =>
    leg?.record(idOf(backing, step));

function cellOf(
  backing: Backing,
  leg: Leg,
  legs: readonly Leg[],
  context: CheckContext,
): RefusalCell {
  const { variant } = leg;
  const first = legs.find((each) => each.variant === 'before');
  const expected = {
    backing,
    kernel: context.kernel,
    leg: leg.index,
    readWrite: expectationOf(variant, backing, context),
    readOnly: expectationOf(variant, backing, context, 'ro'),
    kept: keptOf(variant, backing, context, leg.index),
    keptReadOnly: keptOf(variant, backing, context, leg.index, 'ro'),
    reference: heldWhileMapped(answersOf(first, backing)),
  };
  const { wrong, ...cell } = judgeAnswers(expected, answersOf(leg, backing));
  if (wrong === undefined) return { ...cell, verdict: 'pass' };
  if (cell.outcome === 'unknown') return { ...cell, verdict: 'invalid', detail: wrong };
  if (variant === 'after') return { ...cell, verdict: 'fail', detail: wrong };
  // Before is what the patch is held against: when it is not as the model says, nothing is learnt of the patch. What
  // it no longer does once the patched modules have run, they have broken.
  return leg.patched
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
  const cells = seenIn(legs, variant, backing).map((leg) => cellOf(backing, leg, legs, context));
  const verdict = combineVerdicts(cells.map((cell) => cell.verdict));
  const expected = describeExpectation(expectationOf(variant, backing, context));
  const nobodyAsked = { outcome: 'unknown', expected, verdict: 'invalid' } as const;
  return cells.find((cell) => cell.verdict === verdict) ?? nobodyAsked;
}

function assumptionsOf(leg: Leg, backing: Backing): Assumption[] {
  const where = `leg ${leg.index + 1} ${leg.variant}`;
  return laidAtPatch(leg.kernel === 'after', [
    ...bufferAssumptions(backing, where, leg.record(idOf(backing, 'buffer'))),
    ...(needsStructPageProof(backing)
      ? [structPagesAssumption(backing, where, leg.record(idOf(backing, 'gup')))]
      : []),
  ]);
}

/** True where the kernel counts pins: nr_foll_pin_* of /proc/vmstat, from 5.7 on (1970dc6f5226). */
const countsPins = (legs: readonly Leg[], context: CheckContext): boolean =>
  !legs.some((leg) =>
    context.backings.some(
      (backing) => accountingOf(leg.record(idOf(backing, 'counters-start')))?.pinned === null,
    ),
  );

/** Backings of which the kernel kept pins after an unmap. */
const keptPins = (legs: readonly Leg[], context: CheckContext): Backing[] =>
  context.backings.filter((backing) =>
    legs.some((leg) => {
      const [start, end] = ['counters-start', 'counters-unmapped'].map((moment) =>
        accountingOf(leg.record(idOf(backing, moment))),
      );
      const pages = keptOf(leg.variant, backing, context, leg.index);
      return pages > 0 && (end?.pinned ?? 0) - (start?.pinned ?? 0) === pages;
    }),
  );

/** A hole punch shows references to pages of files on DAX file systems, where it waits for them. */
function unseenReferences(legs: readonly Leg[], context: CheckContext): string {
  const files = (['fsdax-ext4', 'fsdax-xfs'] as const).every((backing) =>
    punchWaits(backing, context.kernel),
  );
  const what = countsPins(legs, context) ? 'a reference other than a pin' : 'a reference';
  return `what ${what} would show that is left on ${files ? 'device-dax' : `persistent memory (on a file, a hole punch waits for it: on xfs from ${sayVersion(eras.xfsWaits.from)}, on ext4 from ${sayVersion(eras.ext4Waits.from)})`}`;
}

/** What a reviewer should know although it is no fault of the patch. */
function notesOf(legs: readonly Leg[], context: CheckContext): string[] {
  const stuck = keptPins(legs, context);
  return [
    ...(stuck.length > 0
      ? [
          `Pins of persistent memory (in ${stuck.join(', ')}) are not given back by an unmap on this kernel, where they are made at all: put_pfn() passes over reserved pages. That is so without the patch too, and is not held against it.`,
        ]
      : []),
    ...(countsPins(legs, context)
      ? []
      : [
          'This kernel does not count pins (nr_foll_pin_* in /proc/vmstat came with 5.7). What is left behind was told by VmLck and VmPin, by whether RAM is free again once it is released, by the pool of huge pages and by mapping the same IOVA again.',
        ]),
    `Not asked: ${unseenReferences(legs, context)}.`,
  ];
}

function firstReason(rows: readonly RefusalRow[]): string | undefined {
  for (const verdict of ['fail', 'invalid'] as const) {
    for (const row of rows) {
      for (const variant of ['after', 'before'] as const) {
        const cell = row[variant];
        if (cell.verdict === verdict) return `${variant}: ${row.backing} ${cell.detail ?? ''}`;
      }
    }
  }
  return undefined;
}

/** Before the patch filesystem-DAX is pinned, after it refused with EOPNOTSUPP; nothing else changes. */
export const pinRefusal: Check = {
  name,
  title: 'VFIO refuses to pin filesystem-DAX memory, and only that',
  legs: ['before', 'after', 'after', 'before'],
  timed: false,
  boots: () => 1,
  skip: () => undefined,
  plan: (variant, context, leg) =>
    context.backings
      .filter((backing) => isAsked(backing, leg))
      .flatMap((backing) => planBacking(variant, backing, context, leg)),
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
        accounted: ['locked memory', ...(countsPins(legs, context) ? ['pin'] : []), 'mapping'],
        notes: notesOf(legs, context),
        ...(reason !== undefined && { reason }),
      },
      assumptions: legs.flatMap((leg) =>
        context.backings
          .filter((backing) => isAsked(backing, leg.index))
          .flatMap((backing) => assumptionsOf(leg, backing)),
      ),
    };
  },
};
