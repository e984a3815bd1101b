import type { Context } from '@pinbench/host';
import {
  conformance,
  judgeRun,
  usualBurst,
  type CheckResult,
  type Result,
  type Story,
} from '@pinbench/model';
import { labIn } from '../conform/lab.ts';
import { askRound, type Judge } from '../conform/rounds.ts';
import { shrinkFound } from '../conform/shrink-finding.ts';
import { storyOfShrunk } from '../conform/shrunk-story.ts';
import { burstOf, commandFor } from '../conform/request.ts';
import type { RunRequest } from '../run/request.ts';
import type { Building } from '../run/run-job.ts';
import type { Stage } from './stage.ts';

/** What a run asks, and half as many again: memory of the device's own comes late in them. */
const burst = { ...usualBurst, sequences: 60 } as const;

/** A mutant is one of many: what is left to be left out of a sequence once this is over stays in it. */
const LIMITS = { rounds: 10, ms: 90_000 };

export type BySequences = Pick<Result, 'verdict'> & {
  checks: readonly CheckResult[];
  story?: Story;
};

/**
 * Has a patch asked nothing but random sequences, and what goes wrong with it shrunk.
 * @param out where the sequence is kept
 */
export async function askSequences(
  context: Context,
  stage: Stage,
  building: Building,
  { run, patch, out }: { run: RunRequest; patch: string | undefined; out: string },
): Promise<BySequences> {
  const { checkContext, subject } = building;
  const variants = ['after'] as const;
  const lab = labIn({
    ...{ strategy: 'module-swap', machines: stage.machines },
    building: Promise.resolve(building),
  });
  const judge: Judge = (check, guests) =>
    judgeRun({
      ...{ checks: [check], context: checkContext, guests, subject, policies: stage.policies },
    });
  const check = conformance({ ...burst, variants });
  const { wrong, judged } = await askRound(context, lab, checkContext, check, judge);
  const { checks, verdict } = judged;
  if (wrong === undefined) return { checks, verdict };
  const shrunk = await shrinkFound(context, lab, checkContext, wrong, LIMITS);
  const own = { ...run, patches: patch === undefined ? [] : [patch] };
  const story = await storyOfShrunk(shrunk, checkContext, {
    ...{ out, seed: burst.seed },
    replay: (file) => commandFor({ run: own, variants, what: { replay: file } }),
    round: commandFor({ run: own, variants, what: burstOf(burst) }),
  });
  return { checks, verdict, story };
}
