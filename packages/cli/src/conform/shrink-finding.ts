import { availableParallelism } from 'node:os';
import type { Context } from '@pinbench/host';
import {
  conformanceOf,
  findingsIn,
  likenessOf,
  rulesIn,
  shrink,
  walk,
  type Answer,
  type CheckContext,
  type Finding,
  type Found,
  type Guest,
  type Sequence,
  type Shrinking,
} from '@pinbench/model';
import { allTogether } from '../run/together.ts';
import type { Lab } from './lab.ts';

export type ShrinkLimits = { rounds: number; ms: number };

export type Shrunk = Shrinking & {
  found: Found;
  /** The guest that the shortest was run in, alone; none if it was stopped before that. */
  guest?: Guest;
  /** It went wrong there in the same way. */
  confirmed: boolean;
};

/** As many as a guest gets through in little more time than it takes to take it up. */
const LOT = 40;

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
  const ask = async (own: Context, sequences: readonly Sequence[]) => {
    const check = conformanceOf(sequences, { variants: [variant] });
    const [guest] = await lab.ask(own, check);
    const [leg] = guest === undefined ? [] : findingsIn(guest, sequences, asked);
    return { guest, answers: leg?.findings.map((each) => answerOf(each, likeness)) ?? [] };
  };
  return context.progress.stage('shrink what differs', async (stage) => {
    const shrunk = await shrink(
      trim(upToFinding(found)),
      (candidates) =>
        unlessStopped(context, async () => {
          const lots = dealt(candidates, GUESTS);
          const said = await allTogether(context, (own) =>
            lots.map((lot) =>
              ask(
                own,
                lot.map(({ candidate }) => candidate),
              ),
            ),
          );
          const answers = lots.flatMap((lot, number) =>
            lot.map(({ index }, place) => [index, said[number]?.answers[place]] as const),
          );
          return answers.toSorted(([a], [b]) => a - b).map(([, answer]) => answer);
        }),
      {
        trim,
        most: LOT * GUESTS,
        rounds: limits.rounds,
        isOver: () => performance.now() > until,
        say: (left, tried) => {
          stage.say(`${left} operations left, ${tried} simpler ones tried`);
        },
      },
    );
    const alone = await unlessStopped(context, () => ask(context, [shrunk.sequence]));
    return {
      ...{ ...shrunk, found },
      ...(alone?.guest && { guest: alone.guest }),
      confirmed: alone?.answers[0]?.same === true,
    };
  });
}

const GUESTS = availableParallelism();

/** What was found by then is kept when somebody stops it. */
async function unlessStopped<T>(
  { signal }: Pick<Context, 'signal'>,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

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
