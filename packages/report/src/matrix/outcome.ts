import type { MatrixRow, RowOutcome, Verdict } from '@pinbench/model';
import { plain, sayPercent } from '../words.ts';

/** The outcome of a row as a verdict, for formats that know nothing else: what has no answer never reads as a skip. */
export const asVerdict = (outcome: RowOutcome): Verdict =>
  outcome === 'rejected' || outcome === 'stopped' || outcome === 'waiting' ? 'error' : outcome;

/** What is said of a row that has no verdict of a run. */
const saidFor: Partial<Record<RowOutcome, string>> = {
  stopped: 'the matrix was stopped here',
  waiting: 'not run: the matrix did not get this far',
};

/** Why a row is not a pass, shortest first. */
export function accountOf({ outcome, explanation, hint }: MatrixRow): string[] {
  const said = saidFor[outcome];
  return [
    ...(said === undefined ? [] : [said]),
    ...explanation.map(plain),
    ...(hint === undefined ? [] : [`hint: ${plain(hint)}`]),
  ];
}

/** What a check saw, in a few words: how many kinds of memory were refused before and after, or what it costs. */
export function headline({ refused, cost }: MatrixRow['checks'][number]): string | undefined {
  if (refused !== undefined)
    return `${refused.before.length} -> ${refused.after.length} of ${refused.asked} refused`;
  if (cost === undefined) return undefined;
  return cost.usual === null ? 'none seen' : sayPercent(cost.usual);
}

/** What a check is marked with that passes because before refused the same already. */
export const noChange = 'nothing changed';

/** True where a check passes, and before refuses what after does: nothing of the patch was seen to work. */
export const changedNothing = ({ verdict, refused }: MatrixRow['checks'][number]): boolean =>
  verdict === 'pass' &&
  refused !== undefined &&
  // Both in the order in which they were asked.
  refused.before.join() === refused.after.join();
