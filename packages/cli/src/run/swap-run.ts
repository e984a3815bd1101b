import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from '@pinbench/host';
import {
  buildModules,
  buildTestModules,
  modulesInResult,
  pinningFile,
  prepareTrees,
  type Built,
  type Decision,
  type Trees,
} from '@pinbench/kernel';
import { loadedName } from '@pinbench/model';
import { lineUpChain } from './chain.ts';
import type { StrategyRun, Task, Use } from './course.ts';
import { machinesFor } from './machines.ts';
import { notePatches } from './note-patches.ts';
import type { SwapProspect } from './own-swap.ts';
import { prepareGuest, type PreparedGuest } from './prepare-guest.ts';
import type { Building } from './run-job.ts';
import { standingOfText, type Standing } from './standing.ts';
import { together } from './together.ts';

/** What module swap rests on, laid out so far that it can be told whether it can be done. */
export type SwapGround = SwapProspect & {
  trees: Trees;
  /** The modules that the kernel loads for VFIO, in their order. */
  chain: string[];
  guest: PreparedGuest;
};

/** Applies the patches to the folder that can be swapped, beside making what the machine boots. */
export async function prepareSwap(
  context: Context,
  { request, base, patches }: Pick<Task, 'request' | 'base' | 'patches'>,
  prospect: SwapProspect,
): Promise<SwapGround> {
  const { progress } = context;
  const { kernel } = prospect;
  const [laid, guest] = await together(
    context,
    (own) =>
      progress.stage('source: apply the patches', async () => {
        const ground = await kernel.ground(own);
        const trees = await prepareTrees(own, base, patches, ground);
        return { trees, chain: ground.chain.map(({ name }) => name) };
      }),
    (own) =>
      progress.stage('image: what runs in the guest', () =>
        prepareGuest(own, { ...kernel, image: kernel.image(own), update: request.update }),
      ),
  );
  return { ...prospect, ...laid, guest };
}

/** Builds the modules of both variants, and makes use of the machine that they are loaded in. */
export async function runBySwap<T>(
  context: Context,
  task: Task,
  ground: SwapGround,
  decision: Extract<Decision, { strategy: 'module-swap' }>,
  use: Use<T>,
): Promise<StrategyRun<T>> {
  const { request, known } = task;
  notePatches(context, task, ground.trees.patches);
  known.base.release = ground.kernel.release;
  known.base.packages.push(...ground.guest.packages);
  const [building, ran] = await together(
    context,
    (own) => buildBoth(own, task, ground, decision),
    async (own, building) => {
      const machines = await machinesFor(own, request, {
        before: ground.guest,
        after: ground.guest,
      });
      known.machine = machines.describe([]);
      // A boot from nothing takes longer than a build and need not wait for it; a machine that is taken up is at once
      // where it needs the modules, and its boot would only be in the compiler's way.
      if (!request.cold) await building;
      const bench = { strategy: 'module-swap' as const, machines };
      return { ...bench, used: await use(own, { ...bench, building }) };
    },
  );
  return { ...building, ...ran };
}

/** Before and after as modules, and what else a leg loads. */
export async function buildBoth(
  context: Context,
  task: Pick<Task, 'asked' | 'known'>,
  { kernel, own, trees, chain: names }: SwapGround,
  { strategy, why, modules }: Extract<Decision, { strategy: 'module-swap' }>,
): Promise<Building> {
  const { progress } = context;
  const { asked, known } = task;
  const [built, ours] = await progress.stage('build before and after', async (stage) => {
    const { note, compiler, configSha256, ...maker } = await kernel.maker(context, stage);
    const both = await buildModules(context, trees, modules, maker);
    const { symbols } = both;
    const ours = await buildTestModules(context, maker, { known: own === undefined, symbols });
    if (both.cached && ours.cached) stage.cached();
    const { differ } = both;
    known.build = {
      ...{ strategy, why, compiler, configSha256 },
      ...own?.about,
      modules: modulesInResult(both),
      differ,
    };
    if (note !== undefined) progress.note(note);
    return [both, ours] as const;
  });
  const chain = await lineUpChain(context, await kernel.image(context), names, built);
  const running = {
    release: kernel.release,
    ...(kernel.buildId !== undefined && { buildId: kernel.buildId }),
    ...(own?.about.debug && { debug: own.about.debug }),
  };
  const { pinning, hints } = own?.standing ?? (await standingOfFolder(trees.before.folder));
  return {
    subject: {
      strategy,
      kernels: { before: running, after: running },
      modules: chain.modules,
      differ: built.differ,
    },
    checkContext: { ...asked, pinning, testModules: ours.states },
    hints,
    filesFor: () => chain.files,
    testModules: ours.files,
    lines: { before: linesIn(built.before), after: linesIn(built.after) },
  };
}

const linesIn = (modules: Built['before']): Map<string, string> =>
  new Map(modules.map(({ name, lines }) => [loadedName(name), lines]));

const standingOfFolder = async (folder: string): Promise<Standing> =>
  standingOfText(await readFile(path.join(folder, pinningFile), 'utf8'));
