import { availableParallelism } from 'node:os';
import type { Context } from '@pinbench/host';
import {
  compareLeg,
  conformanceOf,
  findingsOf,
  legsOf,
  likenessOf,
  rulesIn,
  shrink,
  walk,
  type Answer,
  type CheckContext,
  type Finding,
  type Guest,
  type Sequence,
  type Shrinking,
  type Variant,
} from '@pinbench/model';
import { allTogether } from '../run/together.ts';
import type { Lab } from './lab.ts';

/** A sequence that went wrong with one of the variants. */
export type Found = { sequence: Sequence; variant: Variant; finding: Finding };

export type ShrinkLimits = { rounds: number; ms: number };

export type Shrunk = Shrinking & {
  found: Found;
  /** The guest that the shortest was run in, alone. */
  guest: Guest;
  /** It went wrong there in the same way. */
  confirmed: boolean;
};

/** As many as a guest gets through in little more time than it takes to take it up. */
const LOT = 120;

/**
 * Makes a sequence that goes wrong as short as can be, with some hundred candidates in each guest, and runs the shortest
 * alone. A signal ends it with the shortest so far.
 */
export function shrinkFound(
  context: Context,
  lab: Lab,
  asked: CheckContext,
  found: Found,
  limits: ShrinkLimits,
): Promise<Shrunk> {
  const { variant, finding } = found;
  const likeness = likenessOf(finding);
  const until = performance.now() + limits.ms;
  const rules = rulesIn(variant, asked);
  const trim = (sequence: Sequence): Sequence =>
    walk(sequence, rules).steps.map(({ operation }) => operation);
  const askLot = async (own: Context, lot: readonly Sequence[]) => {
    const guest = await askOne(own, lab, lot, variant);
    const findings = findingsIn(guest, lot, asked);
    return { guest, answers: findings.map((each) => answerOf(each, likeness)) };
  };
  return context.progress.stage('shrink what differs', async (stage) => {
    const lots = availableParallelism();
    const shrunk = await shrink(
      trim(upToFinding(found)),
      async (candidates) => {
        const answers: (Answer | undefined)[] = [];
        await allTogether(context, (own) =>
          dealt(candidates, lots).map(async (lot) => {
            const said = await askLot(
              own,
              lot.map(({ candidate }) => candidate),
            );
            for (const [place, { index }] of lot.entries()) answers[index] = said.answers[place];
          }),
        );
        return answers;
      },
      {
        trim,
        most: LOT * lots,
        rounds: limits.rounds,
        isOver: () => performance.now() > until,
        say: (length, tried) => {
          stage.say(`${length} operations left, ${tried} simpler ones tried`);
        },
      },
    );
    const alone = await askLot(context, [shrunk.sequence]);
    return { ...shrunk, found, guest: alone.guest, confirmed: alone.answers[0]?.same === true };
  });
}

/** One guest with one variant in it. */
export async function askOne(
  context: Context,
  lab: Lab,
  sequences: readonly Sequence[],
  variant: Variant,
): Promise<Guest> {
  const [guest] = await lab.ask(context, conformanceOf(sequences, { variants: [variant] }));
  if (guest === undefined) throw new Error('a question without a guest');
  return guest;
}

const findingsIn = (guest: Guest, lot: readonly Sequence[], asked: CheckContext) =>
  legsOf(guest.job, guest.records).flatMap((leg) =>
    findingsOf(
      compareLeg(lot, leg, asked),
      guest.end.kind === 'completed' ? undefined : guest.end.kind,
    ),
  );

function answerOf(finding: Finding | 'right' | undefined, likeness: string): Answer | undefined {
  if (finding === undefined) return undefined;
  if (finding === 'right' || likenessOf(finding) !== likeness) return { same: false };
  const at = 'difference' in finding ? finding.difference.index : undefined;
  return { same: true, ...(at !== undefined && { at }) };
}

/** What comes behind the operation that differs is not needed. */
const upToFinding = ({ sequence, finding }: Found): Sequence =>
  'difference' in finding && finding.difference.index !== undefined
    ? sequence.slice(0, finding.difference.index + 1)
    : sequence;

/** Dealt out in turn, so that each guest begins with the simplest that there are. */
function dealt<T>(candidates: readonly T[], lots: number): { candidate: T; index: number }[][] {
  const all = candidates.map((candidate, index) => ({ candidate, index }));
  return Array.from({ length: lots }, (_, lot) =>
    all.filter(({ index }) => index % lots === lot),
  ).filter((lot) => lot.length > 0);
}
