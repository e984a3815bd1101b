import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from '@pinbench/host';
import {
  buildModules,
  modulesInResult,
  pinningFile,
  prepareTrees,
  type Decision,
  type SwapKernel,
  type Trees,
} from '@pinbench/kernel';
import type { BuildInResult } from '@pinbench/model';
import { lineUpChain } from './chain.ts';
import type { StrategyRun, Task } from './course.ts';
import { machinesFor } from './machines.ts';
import { notePatches } from './note-patches.ts';
import { prepareGuest, type PreparedGuest } from './prepare-guest.ts';
import type { Building } from './run-job.ts';
import { runJobs } from './run-jobs.ts';
import { readStanding, standingOfText } from './standing.ts';
import { together } from './together.ts';

/** What module swap rests on, laid out so far that it can be told whether it can be done. */
export type SwapGround = { kernel: SwapKernel; trees: Trees; guest: PreparedGuest };

/** Applies the patches to the folder that can be swapped, beside making what the machine boots. */
export async function prepareSwap(
  context: Context,
  { request, base, patches }: Task,
  kernel: SwapKernel,
): Promise<SwapGround> {
  const { progress } = context;
  const [trees, guest] = await together(
    context,
    (own) =>
      progress.stage('source: apply the patches', async () =>
        prepareTrees(own, base, patches, await kernel.ground(own)),
      ),
    (own) =>
      progress.stage('image: what runs in the guest', () =>
        prepareGuest(own, { ...kernel, image: kernel.image(own), update: request.update }),
      ),
  );
  return { kernel, trees, guest };
}

/** Builds the modules of both variants, and asks the checks of them in one boot after the other. */
export async function runBySwap(
  context: Context,
  task: Task,
  ground: SwapGround,
  decision: Extract<Decision, { strategy: 'module-swap' }>,
  about: Pick<BuildInResult, 'config' | 'kernels' | 'compat'> = {},
): Promise<StrategyRun> {
  const { request, asked, known } = task;
  notePatches(context, task, ground.trees.patches);
  known.base.release = ground.kernel.release;
  known.base.packages.push(...ground.guest.packages);
  const [building, ran] = await together(
    context,
    (own) => buildBoth(own, task, ground, decision, about),
    async (own, building) => {
      const machines = await machinesFor(own, request, {
        before: ground.guest,
        after: ground.guest,
      });
      known.machine = machines.describe([]);
      // A boot from nothing takes longer than a build and need not wait for it; a machine that is taken up is at once
      // where it needs the modules, and its boot would only be in the compiler's way.
      if (!request.cold) await building;
      const swap = { asked, strategy: 'module-swap' } as const;
      const jobs = await runJobs(own, request, swap, machines, building);
      return { jobs, machine: machines.describe(jobs[0]?.commandLine ?? []) };
    },
  );
  return { ...building, ...ran };
}

/** Before and after as modules, and what else a leg loads. */
async function buildBoth(
  context: Context,
  task: Task,
  { kernel, trees }: SwapGround,
  { strategy, why, modules }: Extract<Decision, { strategy: 'module-swap' }>,
  about: Pick<BuildInResult, 'config' | 'kernels' | 'compat'>,
): Promise<Building> {
  const { progress } = context;
  const { base, asked, known } = task;
  const built = await progress.stage('build before and after', async (stage) => {
    const { note, compiler, configSha256, ...maker } = await kernel.maker(context, stage);
    const both = await buildModules(context, trees, modules, maker);
    if (both.cached) stage.cached();
    const { differ } = both;
    known.build = {
      ...{ strategy, why, compiler, configSha256 },
      ...about,
      modules: modulesInResult(both),
      differ,
    };
    if (note !== undefined) progress.note(note);
    return both;
  });
  const names = (await kernel.ground(context)).chain.map(({ name }) => name);
  const chain = await lineUpChain(context, await kernel.image(context), names, built);
  const running = {
    release: kernel.release,
    ...(kernel.buildId !== undefined && { buildId: kernel.buildId }),
  };
  const vfio = await readFile(path.join(trees.before.folder, pinningFile), 'utf8');
  const { pinning, hints } =
    base.kind === 'debian' ? standingOfText(vfio) : await readStanding(context, task, vfio);
  return {
    subject: {
      strategy,
      kernels: { before: running, after: running },
      modules: chain.modules,
      differ: built.differ,
    },
    checkContext: { ...asked, pinning },
    hints,
    filesFor: () => chain.files,
  };
}
