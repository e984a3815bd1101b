import { formatSequence } from '../world/index.ts';
import { candidatesOf, type Trim } from './shrink-candidates.ts';
import type { Sequence } from './walk.ts';
import { weightOf } from './simplest.ts';

/** What a candidate did: whether it differs from the model in the same way, and at which of its operations. */
export type Answer = { readonly same: boolean; readonly at?: number };

/**
 * Runs candidates, the simplest first; those that have no answer were not come to. Nothing where somebody has stopped it
 * all.
 */
export type Ask = (
  candidates: readonly Sequence[],
) => Promise<readonly (Answer | undefined)[] | undefined>;

export type Shrinking = {
  readonly sequence: Sequence;
  /** How often candidates were run, and how many in all. */
  readonly rounds: number;
  readonly tried: number;
  /** Nothing simpler was found, rather than time run out. */
  readonly isLeast: boolean;
};

type Limits = {
  readonly trim: Trim;
  /** Candidates to be run at once. */
  readonly most: number;
  readonly rounds: number;
  /** True once there is no more time. */
  readonly isOver: () => boolean;
  /** Is told after each round how many operations are left, and what was tried by then. */
  readonly say?: (left: number, tried: number) => void;
};

/**
 * Makes a sequence that differs from the model as simple as can be while it differs in the same way: of all that was
 * run at once the simplest that does takes its place.
 */
export async function shrink(first: Sequence, ask: Ask, limits: Limits): Promise<Shrinking> {
  const { trim, most, isOver } = limits;
  const skip = new Set<string>();
  let sequence = first;
  let tried = 0;
  for (let round = 0; ; round++) {
    const candidates = candidatesOf(sequence, { trim, most, skip });
    if (candidates.length === 0) return { sequence, rounds: round, tried, isLeast: true };
    if (round >= limits.rounds || isOver()) {
      return { sequence, rounds: round, tried, isLeast: false };
    }
    const answers = await ask(candidates);
    if (answers === undefined) return { sequence, rounds: round, tried, isLeast: false };
    for (const [index, candidate] of candidates.entries()) {
      const answer = answers[index];
      if (answer === undefined) continue;
      tried++;
      skip.add(formatSequence(candidate));
      if (!answer.same) continue;
      const seen = upTo(candidate, answer.at);
      if (weightOf(seen) < weightOf(sequence)) sequence = seen;
    }
    limits.say?.(sequence.length, tried);
    // Not come to at all: what ends the guest does so before anything is answered.
    if (answers.every((answer) => answer === undefined)) {
      return { sequence, rounds: round + 1, tried, isLeast: false };
    }
  }
}

/** What comes behind the operation that differs has nothing to do with it. */
export const upTo = (sequence: Sequence, at: number | undefined): Sequence =>
  at === undefined ? sequence : sequence.slice(0, at + 1);
