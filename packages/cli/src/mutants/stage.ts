import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { assertRoom, BenchError, silentProgress, type Context } from '@pinbench/host';
import {
  debianSwapKernel,
  decideStrategy,
  prepareTrees,
  readPatches,
  resolveBase,
  type PatchSet,
} from '@pinbench/kernel';
import type { BaseInResult, Guest, Job, SplatPolicy, Variant } from '@pinbench/model';
import { choosePatches } from '../run/choose-patches.ts';
import { machinesFor, type Machines } from '../run/machines.ts';
import { askedOf, baseInResult, roomNeeded } from '../run/observe.ts';
import { baseOptions, type RunRequest } from '../run/request.ts';
import { runJob, type Building } from '../run/run-job.ts';
import { readSplatPolicies } from '../run/splat-policies.ts';
import { buildBoth, prepareSwap } from '../run/swap-run.ts';

/** One kernel, ready for any number of patches: what is the same for all of them is there. */
export type Stage = {
  base: BaseInResult;
  policies: readonly SplatPolicy[];
  machines: Machines;
  /** Builds *after* with a patch in place of the one that pinbench ships; without one, with that. */
  build: (context: Context, patch?: string) => Promise<Building>;
  /** Lives the legs of one variant in a guest of its own. */
  live: (context: Context, only: Variant, building: Building) => Promise<Guest>;
};

/**
 * Gets base, source, guest and machine ready, as a run by module swap does.
 * @throws RequestError, BenchError as a run does.
 */
export async function setStage(context: Context, run: RunRequest): Promise<Stage> {
  await assertRoom(context.cache.root, await roomNeeded(context));
  const base = await context.progress.stage(`base ${run.base}`, () =>
    resolveBase(context, run.base, baseOptions(run)),
  );
  if (base.kind !== 'debian') throw new Error(`mutants are kept for ${base.spec}, which is a tree`);
  const shipped = await choosePatches(context, run, base);
  const task = { request: run, base, patches: shipped };
  const ground = await prepareSwap(context, task, { kernel: debianSwapKernel(base) });
  const machines = await machinesFor(context, run, { before: ground.guest, after: ground.guest });
  const asked = askedOf(run, base);
  return {
    base: baseInResult(base),
    policies: await readSplatPolicies(),
    machines,
    build: async (own, patch) => {
      const patches: PatchSet = patch
        ? { ...shipped, underTest: await readPatches(own, [patch]) }
        : shipped;
      const trees = await prepareTrees(own, base, patches, await ground.kernel.ground(own));
      const decision = decideStrategy('module-swap', trees.swappable);
      if (decision.strategy !== 'module-swap') throw new BenchError(decision.why);
      const known = { patches: [], base: baseInResult(base) };
      return buildBoth(own, { asked, known }, { ...ground, trees }, decision);
    },
    live: async (own, only, building) => {
      const job: Job = { checks: run.checks, boot: 0, only };
      const lived = await runJob(own, machines.readyFor(job), job, Promise.resolve(building));
      return lived.guest;
    },
  };
}

/** A context that keeps its files apart from those of the others, and says nothing: there are many at a time. */
export async function apart(context: Context, name: string): Promise<Context> {
  const scratch = path.join(context.scratch, name);
  await mkdir(scratch);
  return { ...context, scratch, progress: silentProgress };
}
