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

/** Whether a sequence goes wrong in the same way with nothing run before it. Nothing where somebody has stopped it all. */
export type Confirm = (sequences: readonly Sequence[]) => Promise<readonly boolean[] | undefined>;

type Limits = {
  readonly trim: Trim;
  /** Candidates to be run at once. */
  readonly most: number;
  readonly rounds: number;
  /** True once there is no more time. */
  readonly isOver: () => boolean;
  /** What went wrong may be what candidates before it had left behind: it is run alone before it is taken. */
  readonly confirm: Confirm;
  /** Is told after each round how many operations are left, and what was tried by then. */
  readonly say?: (left: number, tried: number) => void;
};

/**
 * Makes a sequence that differs from the model as simple as can be while it differs in the same way: of all that was
 * run at once the simplest that does takes its place.
 */
export async function shrink(first: Sequence, ask: Ask, limits: Limits): Promise<Shrinking> {
  const { trim, most, isOver, confirm } = limits;
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
    const same: Sequence[] = [];
    for (const [index, candidate] of candidates.entries()) {
      const answer = answers[index];
      if (answer === undefined) continue;
      tried++;
      if (answer.same) same.push(upTo(candidate, answer.at));
      else skip.add(formatSequence(candidate));
    }
    for (const pair of pairsToConfirm(same.toSorted((a, b) => weightOf(a) - weightOf(b)))) {
      const confirmed = await confirm(pair);
      if (confirmed === undefined) return { sequence, rounds: round + 1, tried, isLeast: false };
      for (const [index, each] of pair.entries()) {
        if (!confirmed[index]) skip.add(formatSequence(each));
      }
      const taken = pair.find((_, index) => confirmed[index]);
      if (taken === undefined) continue;
      sequence = taken;
      break;
    }
    limits.say?.(sequence.length, tried);
    // Not come to at all: what ends the guest does so before anything is answered.
    if (answers.every((answer) => answer === undefined)) {
      return { sequence, rounds: round + 1, tried, isLeast: false };
    }
  }
}

/** The simplest, and should that not go wrong alone, others from all over: a real one is the likelier the longer it is. */
function pairsToConfirm(same: readonly Sequence[]): Sequence[][] {
  const at = (share: number): number => Math.floor(share * (same.length - 1));
  const places = new Set([0, at(1 / 3), at(2 / 3), at(1)]);
  const picked = same.filter((_, place) => places.has(place));
  return [picked.slice(0, 2), picked.slice(2)].filter((pair) => pair.length > 0);
}

/** What comes behind the operation that differs has nothing to do with it. */
export const upTo = (sequence: Sequence, at: number | undefined): Sequence =>
  at === undefined ? sequence : sequence.slice(0, at + 1);
