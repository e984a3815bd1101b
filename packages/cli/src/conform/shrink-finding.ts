import { availableParallelism } from 'node:os';
import type { Context } from '@pinbench/host';
import {
  conformanceOf,
  findingsIn,
  joined,
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
  type Variant,
} from '@pinbench/model';
import { allTogether } from '../run/together.ts';
import type { Lab } from './lab.ts';
import type { Wrong } from './rounds.ts';

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
 * Makes a sequence that goes wrong as short as can be, with some forty candidates in each guest; what is taken of them
 * has to go wrong alone as well. A signal ends it with the shortest so far.
 */
export function shrinkFound(
  context: Context,
  lab: Lab,
  asked: CheckContext,
  wrong: Wrong,
  limits: ShrinkLimits,
): Promise<Shrunk> {
  const until = performance.now() + limits.ms;
  return context.progress.stage('shrink what differs', async (stage) => {
    const { found, guest } = await chooseFound(context, lab, asked, wrong);
    const { variant } = found;
    const likeness = likenessOf(found.finding);
    const rules = rulesIn(variant, asked);
    const trim = (sequence: Sequence): Sequence =>
      walk(sequence, rules).steps.map(({ operation }) => operation);
    const first = trim(upToFinding(found));
    if (guest === undefined) {
      const nothing = { rounds: 0, tried: 0, isLeast: false };
      return { ...nothing, sequence: first, found, confirmed: false };
    }
    /** Of the shortest so far, run alone. */
    const alone = new Map([[first, guest]]);
    const shrunk = await shrink(
      first,
      (candidates) =>
        unlessStopped(context, async () => {
          const lots = dealt(candidates, GUESTS);
          const said = await allTogether(context, (own) =>
            lots.map(async (lot) => {
              const sequences = lot.map(({ candidate }) => candidate);
              return (await askVariant(own, lab, asked, sequences, variant)).findings;
            }),
          );
          const answers = lots.flatMap((lot, number) =>
            lot.map(
              ({ index }, place) => [index, answerOf(said[number]?.[place], likeness)] as const,
            ),
          );
          return answers.toSorted(([a], [b]) => a - b).map(([, answer]) => answer);
        }),
      {
        trim,
        confirm: (sequences) =>
          unlessStopped(context, () =>
            allTogether(context, (own) =>
              sequences.map(async (sequence) => {
                const run = await askVariant(own, lab, asked, [sequence], variant);
                alone.set(sequence, run.guest);
                return answerOf(run.findings[0], likeness)?.same === true;
              }),
            ),
          ),
        most: LOT * GUESTS,
        rounds: limits.rounds,
        isOver: () => performance.now() > until,
        say: (left, tried) => {
          stage.say(`${left} operations left, ${tried} simpler ones tried`);
        },
      },
    );
    return {
      ...{ ...shrunk, found },
      guest: alone.get(shrunk.sequence) ?? guest,
      confirmed: true,
    };
  });
}

/** As many of those that went wrong are run alone, to find one that does so by itself. */
const CHOICE = 4;
/** As many that were run before it are joined to one that does not. */
const BEFORE = 12;

/**
 * One that goes wrong with nothing run before it: one of those found, or else the first of them with what was run before
 * it. Without a guest where none does.
 */
async function chooseFound(
  context: Context,
  lab: Lab,
  asked: CheckContext,
  { sequences, found }: Wrong,
): Promise<{ found: Found; guest?: Guest }> {
  const [first, ...others] = found.slice(0, CHOICE);
  if (first === undefined) throw new Error('nothing went wrong');
  const start = Math.max(0, first.number - BEFORE);
  const before = sequences.slice(start, first.number + 1);
  const withBefore = { ...first, sequence: joined(before) };
  for (const each of [first, ...others, ...(before.length > 1 ? [withBefore] : [])]) {
    const { variant, sequence, finding } = each;
    const run = await unlessStopped(context, () =>
      askVariant(context, lab, asked, [sequence], variant),
    );
    const own = run?.findings[0];
    if (run === undefined || own === undefined || own === 'right') continue;
    if (each === withBefore || likenessOf(own) === likenessOf(finding)) {
      return { found: { ...each, finding: own }, guest: run.guest };
    }
  }
  return { found: first };
}

/** Sequences in a guest of their own, with one variant. */
async function askVariant(
  context: Context,
  lab: Lab,
  asked: CheckContext,
  sequences: readonly Sequence[],
  variant: Variant,
): Promise<{ guest: Guest; findings: readonly (Finding | 'right' | undefined)[] }> {
  const [guest] = await lab.ask(context, conformanceOf(sequences, { variants: [variant] }));
  if (guest === undefined) throw new Error('a question without a guest');
  return { guest, findings: findingsIn(guest, sequences, asked)[0]?.findings ?? [] };
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
