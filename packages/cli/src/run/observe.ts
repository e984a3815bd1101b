import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { assertRoom, type Context } from '@pinbench/host';
import { builtFiles, resolveBase, type Base } from '@pinbench/kernel';
import {
  judgeRun,
  parseKernelVersion,
  type Asked,
  type BaseInResult,
  type Guest,
  type Result,
} from '@pinbench/model';
import { shrinkInRun } from '../conform/shrink-check.ts';
import { roomForFirstRun, roomForLaterRun } from '../room.ts';
import { choosePatches } from './choose-patches.ts';
import type { Known, Task } from './course.ts';
import { baseOptions, type RunRequest } from './request.ts';
import { runJobs } from './run-jobs.ts';
import { runStrategy } from './run-strategy.ts';
import { readSplatPolicies } from './splat-policies.ts';

export type Observed = Pick<
  Result,
  'verdict' | 'explanation' | 'assumptions' | 'checks' | 'splats' | 'console'
> & { guests: Guest[] };

/**
 * Everything from the base to the verdict. `known` takes what the result is to say as soon as it is known.
 * @param met is told of the base once it is found, whatever comes of the run
 */
export async function observe(
  context: Context,
  request: RunRequest,
  known: Known,
  met?: (base: Base) => void,
): Promise<Observed> {
  const task = await layTask(context, request, known, met);
  const policies = await readSplatPolicies();
  const ran = await runStrategy(context, task, (own, bench) => runJobs(own, task, bench));
  const { subject, checkContext, hints, used: jobs, machines } = ran;
  known.machine = machines.describe(jobs[0]?.commandLine ?? []);
  const guests = jobs.map(({ guest }) => guest);
  const judged = judgeRun({
    checks: request.checks,
    context: checkContext,
    guests,
    subject,
    hints,
    policies,
  });
  const checks = await shrinkInRun(context, request, ran, { ...judged, guests });
  return { guests, ...judged, checks };
}

/**
 * Finds what a request speaks of: its base, and patches that can be tried.
 * @throws RequestError where there is no such thing
 */
export async function layTask(
  context: Context,
  request: RunRequest,
  known: Known,
  met?: (base: Base) => void,
): Promise<Task> {
  await assertRoom(context.cache.root, await roomNeeded(context));
  const base = await context.progress.stage(`base ${request.base}`, () =>
    resolveBase(context, request.base, baseOptions(request)),
  );
  met?.(base);
  const patches = await choosePatches(context, request, base);
  // What is not a patch, or changes nothing, is said before anything is built or booted for it.
  builtFiles(patches);
  return {
    ...{ request, base, patches },
    asked: askedOf(request, base),
    known: Object.assign(known, { base: baseInResult(base) }),
  };
}

/** Bytes that a run may come to need. */
export const roomNeeded = async ({ cache }: Context): Promise<number> =>
  (await readdir(path.join(cache.root, 'machines')).catch(() => [])).length > 0
    ? roomForLaterRun
    : roomForFirstRun;

/** A base, for the result. */
export const baseInResult = ({
  spec,
  release,
  sourceVersion,
  packages,
  resolvedAt,
  tree,
}: BaseInResult) => ({
  spec,
  release,
  sourceVersion,
  packages: [...packages],
  resolvedAt,
  ...(tree && { tree }),
});

/** What a run asks of a base, as far as checks need to know. */
export const askedOf = (request: RunRequest, base: Base): Asked => ({
  kernel: parseKernelVersion(base.release),
  backings: request.backings,
  clock: request.clock,
  debugKernel: request.debugKernel,
  ...(request.maxCost !== undefined && { maxCost: request.maxCost }),
});
