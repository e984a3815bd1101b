import type { Context } from '@pinbench/host';
import { judgeRun, passOf, type CheckContext, type CheckResult, type Story } from '@pinbench/model';
import type { Known } from '../run/course.ts';
import { layTask, type Observed } from '../run/observe.ts';
import { runStrategy } from '../run/run-strategy.ts';
import { readSplatPolicies } from '../run/splat-policies.ts';
import { labIn, type Lab } from './lab.ts';
import { replaySequence, type ReadSequence } from './replay.ts';
import { commandFor, type ConformRequest, type Random } from './request.ts';
import { runRounds, type Judge, type Judged, type Round } from './rounds.ts';
import { withStories } from './shrink-check.ts';
import { shrinkFound } from './shrink-finding.ts';
import { storyOfShrunk } from './shrunk-story.ts';

/** A conform run as it went. `stopped`: by a signal, when some of it was done. */
export type ObservedConform = Observed & { stopped: boolean };

/** What shrinking may take; most of it is done in the first rounds. */
const LIMITS = { rounds: 30, ms: 90_000 };

/**
 * Builds before and after, runs sequences in guests and holds what they answer against the model; what differs of random
 * ones is shrunk.
 */
export async function observeConform(
  context: Context,
  request: ConformRequest,
  known: Known,
  what: ReadSequence | Random,
): Promise<ObservedConform> {
  const task = await layTask(context, request.run, known);
  const policies = await readSplatPolicies();
  const ran = await runStrategy(context, task, async (own, bench) => {
    const { subject, checkContext, hints } = await bench.building;
    const judge: Judge = (check, guests) =>
      judgeRun({ checks: [check], context: checkContext, guests, subject, hints, policies });
    const lab = labIn(bench);
    const ask = { request, asked: checkContext, judge, lab };
    const seen =
      'seed' in what ? await ofRandom(own, ask, what) : await replaySequence(own, ask, what);
    known.machine = bench.machines.describe(lab.commandLine());
    return seen;
  });
  return ran.used;
}

/** What sequences are run with. */
export type Asking = {
  request: ConformRequest;
  asked: CheckContext;
  judge: Judge;
  lab: Lab;
};

async function ofRandom(
  context: Context,
  asking: Asking,
  random: Random,
): Promise<ObservedConform> {
  const { request, asked, judge, lab } = asking;
  const rounds = await context.progress.stage('run sequences in the guests', (stage) =>
    runRounds(context, lab, asked, {
      ...{ random, judge, variants: request.variants },
      say: (done) => {
        stage.say(sayRounds(done));
      },
    }),
  );
  const bad = rounds.find(({ guests }) => guests !== undefined);
  const stopped = context.signal.aborted;
  if (bad === undefined) {
    const last = rounds.at(-1);
    if (last === undefined) throw new Error('no round was run');
    return { ...passed(last.judged, rounds, stopped), guests: [], stopped };
  }
  const story = await storyOf(context, asking, random, bad);
  const earlier = rounds.slice(0, rounds.indexOf(bad));
  return {
    ...told(bad, earlier, story),
    guests: [...(bad.guests ?? [])],
    stopped: context.signal.aborted,
  };
}

const sayRounds = (rounds: readonly Round[]): string => {
  const sum = (of: (round: Round) => number): number =>
    rounds.reduce((all, round) => all + of(round), 0);
  const operations = sum((round) => Object.values(round.operations).reduce((a, b) => a + b, 0));
  return `${sum(({ sequences }) => sequences)} sequences, ${operations} operations`;
};

/** What was found, as short as can be. */
async function storyOf(
  context: Context,
  { request, asked, lab }: Asking,
  random: Random,
  { wrong, seed = random.seed, sequences }: Round,
): Promise<Story | undefined> {
  if (wrong === undefined || context.signal.aborted) return undefined;
  const shrunk = await shrinkFound(context, lab, asked, wrong, LIMITS);
  return storyOfShrunk(shrunk, asked, {
    out: request.run.out,
    seed,
    replay: (file) =>
      commandFor({ ...request, variants: [shrunk.found.variant] }, { replay: file }),
    round: commandFor(request, { ...random, seed, until: { sequences } }),
  });
}

const passed = (judged: Judged, rounds: readonly Round[], stopped: boolean): Judged => {
  const notes = stopped ? ['It was stopped before its end.'] : [];
  const checks = judged.checks.map((check) =>
    isOurs(check) ? { ...passOf(check, rounds), notes } : check,
  );
  const says = checks.flatMap(({ says: own = [] }) => own);
  return { ...judged, checks, explanation: judged.verdict === 'pass' ? says : judged.explanation };
};

const isOurs = ({ name }: CheckResult): boolean => name === 'conformance';

const told = ({ judged }: Round, earlier: readonly Round[], story?: Story): Judged => ({
  ...judged,
  checks: judged.checks.map((check) =>
    isOurs(check)
      ? {
          ...(story ? withStories(check, [story]) : check),
          notes: [
            ...check.notes,
            ...(earlier.length > 0
              ? [`Before it, ${sayRounds(earlier)} showed no difference.`]
              : []),
          ],
        }
      : check,
  ),
});
