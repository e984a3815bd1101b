import { availableParallelism } from 'node:os';
import { InterruptedError, type Context } from '@pinbench/host';
import {
  allFound,
  brokenOffIn,
  conformance,
  findingsIn,
  type judgeRun,
  type Check,
  type CheckContext,
  type Found,
  type Guest,
  type LegFindings,
  type Sequence,
  type SequenceCheck,
  type Variant,
} from '@pinbench/model';
import { allTogether } from '../run/together.ts';
import type { Lab } from './lab.ts';
import type { Random } from './request.ts';

/** Sequences that were run together in guests of their own, with all the variants that were asked. */
export type Round = {
  /** Missing for sequences that are not random. */
  seed?: number;
  /** How many. */
  sequences: number;
  operations: Partial<Record<Variant, number>>;
  /** Sequences that were broken off. */
  brokenOff: Partial<Record<Variant, number>>;
  judged: Judged;
  /** Missing once a round has passed: those of hours of rounds would fill the memory. */
  guests?: readonly Guest[];
  /** Only where some went wrong. */
  wrong?: Wrong;
};

/** Sequences that went wrong, the first of them first, among all that were asked. */
export type Wrong = { sequences: readonly Sequence[]; found: readonly Found[] };

export type Judged = ReturnType<typeof judgeRun>;

/** What a verdict is made of what guests saw of a check. */
export type Judge = (check: Check, guests: readonly Guest[]) => Judged;

/**
 * Sequences of a seed, of which the next round has the next: as many as make the taking up of a guest a small part of
 * its life. The same on each machine, so that a seed asks the same ones on each.
 */
const ROUND = 100;

type Course = {
  random: Random;
  variants: readonly Variant[];
  judge: Judge;
  /** Is told of each round as it ends. */
  say: (rounds: readonly Round[]) => void;
};

/**
 * Runs random sequences, a guest for each processor at a time, until there are enough, the time is over or one of them
 * goes wrong. Rounds come in the order of their seeds, whichever ended first; a signal ends it with those that are done.
 */
export async function runRounds(
  context: Context,
  lab: Lab,
  asked: CheckContext,
  { random, judge, variants, say }: Course,
): Promise<Round[]> {
  const { seed, length, until } = random;
  const sizes = 'sequences' in until ? sizesOf(until.sequences) : undefined;
  const ends = performance.now() + ('ms' in until ? until.ms : Infinity);
  const rounds: Round[] = [];
  const state = { next: 0, isOver: false };
  const one = async (own: Context): Promise<void> => {
    for (;;) {
      const number = state.next++;
      const size = sizes === undefined ? ROUND : sizes[number];
      if (state.isOver || size === undefined || (number > 0 && performance.now() > ends)) return;
      const round = await runRound(own, lab, asked, {
        ...{ seed: seed + number, size, length },
        ...{ variants, judge },
      });
      rounds[number] = round;
      if (round.guests !== undefined) state.isOver = true;
      say(Object.values(rounds));
    }
  };
  try {
    await allTogether(context, (own) =>
      Array.from({ length: availableParallelism() }, () => one(own)),
    );
  } catch (error) {
    if (!context.signal.aborted) throw error;
    if (Object.keys(rounds).length === 0) throw stoppedBefore(context.signal.reason);
  }
  // Without gaps: what was stopped has no round.
  return Object.values(rounds);
}

const stoppedBefore = (reason: unknown): unknown =>
  reason instanceof InterruptedError
    ? new InterruptedError(
        reason.signal,
        'before the first round of sequences was over: nothing to report',
      )
    : reason;

/** Whole rounds, and what is left. */
export const sizesOf = (sequences: number): number[] =>
  Array.from({ length: Math.ceil(sequences / ROUND) }, (_, round) =>
    Math.min(ROUND, sequences - round * ROUND),
  );

async function runRound(
  context: Context,
  lab: Lab,
  asked: CheckContext,
  of: { seed: number; size: number; length: number } & Pick<Course, 'variants' | 'judge'>,
): Promise<Round> {
  const { seed, size, length: maxLength, variants, judge } = of;
  const check = conformance({ seed, sequences: size, maxLength, variants });
  const { guests, ...round } = await askRound(context, lab, asked, check, judge);
  const isDull = round.judged.verdict === 'pass' && round.wrong === undefined;
  return { seed, ...round, ...(!isDull && { guests }) };
}

/** Runs a check of sequences, whatever they are. */
export async function askRound(
  context: Context,
  lab: Lab,
  asked: CheckContext,
  check: SequenceCheck,
  judge: Judge,
): Promise<Round & { guests: readonly Guest[] }> {
  const sequences = check.sequencesFor(asked);
  const guests = await lab.ask(context, check);
  const legs = guests.flatMap((guest) => findingsIn(guest, sequences, asked));
  const found = allFound(sequences, legs);
  return {
    ...{ sequences: sequences.length, operations: operationsIn(legs) },
    brokenOff: Object.fromEntries(
      legs.map(({ variant, compared }) => [variant, brokenOffIn(compared)]),
    ),
    ...{ guests, judged: judge(check, guests) },
    ...(found.length > 0 && { wrong: { sequences, found } }),
  };
}

const operationsIn = (legs: readonly LegFindings[]): Round['operations'] =>
  Object.fromEntries(
    legs.map(({ variant, compared }) => [
      variant,
      compared.reduce((sum, { operations }) => sum + operations, 0),
    ]),
  );
