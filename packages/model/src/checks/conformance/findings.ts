import {
  findingsOf,
  isSameAnswer,
  tellSequence,
  walk,
  type Finding,
  type Sequence,
} from '../../conform/index.ts';
import { momentOfEnd, type Guest } from '../../guest.ts';
import { legsOf } from '../../job.ts';
import type { Story, Variant } from '../../result.ts';
import type { CheckContext, Leg } from '../check.ts';
import { asksSequences, compareLeg, namesOf, rulesIn, type ComparedSequence } from './index.ts';

type Asked = Pick<CheckContext, 'pinning' | 'kernel'>;

/** What the sequences that a leg was asked came to, in their order. */
export type LegFindings = {
  readonly variant: Variant;
  readonly compared: readonly ComparedSequence[];
  readonly findings: readonly (Finding | 'right' | undefined)[];
};

/** What sequences came to in each leg of a guest, however that ended. */
export function findingsIn(
  guest: Guest,
  sequences: readonly Sequence[],
  asked: Asked,
): LegFindings[] {
  const check = guest.job.checks.find(asksSequences);
  const legs = legsOf(guest.job, guest.records).filter(
    ({ index }) => index < (check?.legs.length ?? 0),
  );
  const last = legs.findLast(({ index }) => hasBegun(guest, index));
  const isElsewhere = guest.end.kind === 'completed' || momentOfEnd(guest).check !== check;
  const end = isElsewhere ? undefined : guest.end.kind;
  return legs.map((leg) => {
    const compared = compareLeg(sequences, leg, asked);
    return {
      variant: leg.variant,
      compared,
      findings: findingsOf(compared, leg === last ? end : undefined),
    };
  });
}

const hasBegun = ({ records }: Guest, leg: number): boolean =>
  records.some(({ id }) => id?.startsWith(`${leg}.`));

/** A sequence that went wrong with one of the variants. */
export type Found = {
  readonly sequence: Sequence;
  /** Its place among those that were asked, from 0. */
  readonly number: number;
  readonly variant: Variant;
  readonly finding: Finding;
};

/**
 * Sequences that went wrong, those first that are most the patch's doing: after it and not likewise before it, or else
 * before it, or else in both.
 */
export function allFound(sequences: readonly Sequence[], legs: readonly LegFindings[]): Found[] {
  const of = (variant: Variant): Found[] =>
    legs
      .filter((leg) => leg.variant === variant)
      .flatMap(({ findings }) =>
        findings.flatMap((finding, number) => {
          const sequence = sequences[number];
          return finding === undefined || finding === 'right' || sequence === undefined
            ? []
            : [{ sequence, number, variant, finding }];
        }),
      );
  const [before, after] = [of('before'), of('after')];
  const own = after.filter(
    (found) => !before.some((each) => each.number === found.number && isAlike(each, found)),
  );
  return own.length > 0 ? own : before.length > 0 ? before : after;
}

const isAlike = ({ finding: a }: Found, { finding: b }: Found): boolean =>
  'difference' in a && 'difference' in b && isSameAnswer(a.difference, b.difference);

/** One of the sequences that a leg was asked, operation by operation. */
export function storyIn(
  leg: Leg,
  sequence: Sequence,
  number: number,
  asked: Asked,
): Story['steps'] {
  const rules = rulesIn(leg.variant, asked);
  const { id } = namesOf(leg.index, number);
  return tellSequence(walk(sequence, rules), (step) => leg.record(id(step)), rules);
}
