import type { Context } from '@pinbench/host';
import {
  allFound,
  asksSequences,
  findingsIn,
  usualBurst,
  type CheckContext,
  type CheckResult,
  type Guest,
  type SequenceCheck,
  type Story,
} from '@pinbench/model';
import type { StrategyRun } from '../run/course.ts';
import type { RunRequest } from '../run/request.ts';
import { labIn } from './lab.ts';
import type { Wrong } from './rounds.ts';
import { burstOf, commandFor } from './request.ts';
import { shrinkFound } from './shrink-finding.ts';
import { storyOfShrunk } from './shrunk-story.ts';

/** Somebody waits for the verdict. */
const LIMITS = { rounds: 12, ms: 20_000 };

/** Adds to the results of a run what the check of random sequences found, as short as can be. */
export async function shrinkInRun<T>(
  context: Context,
  request: RunRequest,
  ran: StrategyRun<T>,
  { checks, guests }: { checks: readonly CheckResult[]; guests: readonly Guest[] },
): Promise<CheckResult[]> {
  const check = request.checks.find(asksSequences);
  if (check === undefined) return [...checks];
  const asked = ran.checkContext;
  const wrong = wrongIn(check, guests, asked);
  const [first] = wrong.found;
  const all = commandFor({
    ...{ run: request, variants: ['before', 'after'] },
    what: burstOf({ ...usualBurst, sequences: wrong.sequences.length }),
  });
  // A guest that hangs says so after half a minute, and so would each that is taken up to shrink it.
  if (first === undefined || ('end' in first.finding && first.finding.end === 'hang')) {
    return first === undefined ? [...checks] : withNote(checks, check, all);
  }
  const lab = labIn({ ...ran, building: Promise.resolve(ran) });
  const shrunk = await shrinkFound(context, lab, asked, wrong, LIMITS);
  const story = await storyOfShrunk(shrunk, asked, {
    ...{ out: request.out, seed: check.seed },
    replay: (file) =>
      commandFor({ run: request, variants: [shrunk.found.variant], what: { replay: file } }),
    round: all,
  });
  const told = checks.map((each) => (each.name === check.name ? withStories(each, [story]) : each));
  return shrunk.confirmed ? withNote(told, check, all) : told;
}

/** What asks all of its sequences again. */
const withNote = (
  checks: readonly CheckResult[],
  { name }: SequenceCheck,
  command: string,
): CheckResult[] =>
  checks.map((each) =>
    each.name === name
      ? { ...each, notes: [...each.notes, `All of the sequences again: ${command}`] }
      : each,
  );

function wrongIn(check: SequenceCheck, guests: readonly Guest[], asked: CheckContext): Wrong {
  const sequences = check.sequencesFor(asked);
  const legs = guests
    .filter(({ job }) => job.checks.includes(check))
    .flatMap((guest) => findingsIn(guest, sequences, asked));
  return { sequences, found: allFound(sequences, legs) };
}

/** What the story tells need not be shown as it was found as well. */
export const withStories = (check: CheckResult, stories: readonly Story[]): CheckResult => ({
  ...check,
  cases: (check.cases ?? []).map((row) => ({
    ...row,
    ...Object.fromEntries(
      stories.map(({ variant }) => [variant, { ...row[variant], evidence: [] }]),
    ),
  })),
  stories: [...stories],
});
