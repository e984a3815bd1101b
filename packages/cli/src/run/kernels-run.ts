import type { Context } from '@pinbench/host';
import {
  asOurs,
  nameBaseline,
  prepareOverlays,
  type BuiltKernel,
  type KernelSource,
  type Overlay,
} from '@pinbench/kernel';
import { allTestModules, type BuildInResult, type Subject, type Variant } from '@pinbench/model';
import { buildStage, kernelInResult, sourceStage } from './build-stage.ts';
import type { StrategyRun, Task, Use } from './course.ts';
import { machinesFor } from './machines.ts';
import { notePatches } from './note-patches.ts';
import { prepareGuest, type PreparedGuest } from './prepare-guest.ts';
import type { Building } from './run-job.ts';
import { readStanding } from './standing.ts';
import { vfioModules, type VfioModules } from './vfio-modules.ts';

/** Such a kernel may not load a module that today's linker makes, and each of the two would need one of its own. */
const noTestModules =
  "modules of pinbench's own are built only for a kernel in which modules are swapped";

type Both<T> = Record<Variant, T>;

/** Builds a kernel for each variant, the second on top of the first, and makes use of the machines that boot them. */
export async function runByKernels<T>(
  context: Context,
  task: Task,
  why: string,
  use: Use<T>,
): Promise<StrategyRun<T>> {
  const { progress } = context;
  const { request, base, asked, known, patches } = task;
  const source = await sourceStage(context, task);
  const overlays = await progress.stage('source: apply the patches', () =>
    prepareOverlays(context, base, source, patches),
  );
  notePatches(context, task, overlays.patches);
  const kernels: Both<BuiltKernel> = {
    before: await buildBefore(context, task, source, overlays),
    after: await buildStage(context, 'rebuild for after', source, overlays.after, {
      variant: 'after',
      before: overlays.before,
    }),
  };
  const modules: Both<VfioModules> = {
    before: await vfioModules(context, kernels.before.image, 'before'),
    after: await vfioModules(context, kernels.after.image, 'after'),
  };
  const { pinning, hints } = await readStanding(source, overlays);
  const building = lineUp(kernels, modules, {
    checkContext: { ...asked, pinning, testModules: allTestModules({ lacking: noTestModules }) },
    hints,
  });
  known.build = inResult(kernels, modules, { subject: building.subject, why });
  const guests = await progress.stage('image: what runs in the guests', () =>
    prepareBoth(context, task, kernels),
  );
  known.base.release = kernels.before.release;
  known.base.packages.push(...guests.before.packages);
  const machines = await machinesFor(context, request, guests);
  known.machine = machines.describe([]);
  const bench = { strategy: 'two-kernels' as const, machines };
  const used = await use(context, { ...bench, building: Promise.resolve(building) });
  return { ...building, ...bench, used };
}

/** A baseline that does not compile is the user's mistake, unless it is one of pinbench's own. */
const buildBefore = (
  context: Context,
  { base, patches }: Task,
  source: KernelSource,
  { before }: { before?: Overlay },
): Promise<BuiltKernel> =>
  buildStage(context, 'build before (whole kernel)', source, before, {
    variant: 'before',
    patch: nameBaseline(patches),
  }).catch((error: unknown) => {
    throw asOurs(error, base, patches);
  });

async function prepareBoth(
  context: Context,
  { request: { update } }: Task,
  kernels: Both<BuiltKernel>,
): Promise<Both<PreparedGuest>> {
  const one = ({ image, release }: BuiltKernel): Promise<PreparedGuest> =>
    prepareGuest(context, { image: Promise.resolve(image), release, update });
  return { before: await one(kernels.before), after: await one(kernels.after) };
}

/** What each kernel is to be held against, and the modules that its legs load, if VFIO is made of modules there. */
const lineUp = (
  { before, after }: Both<BuiltKernel>,
  modules: Both<VfioModules>,
  standing: Pick<Building, 'checkContext' | 'hints'>,
): Building => ({
  subject: {
    strategy: 'two-kernels',
    kernels: { before, after },
    modules: { before: modules.before.modules, after: modules.after.modules, shared: [] },
    differ: before.code === after.code ? [] : ['the kernel'],
  },
  ...standing,
  filesFor: ({ kernel = 'before' }) => modules[kernel].files,
  testModules: { before: new Map(), after: new Map() },
});

const inResult = (
  { before, after }: Both<BuiltKernel>,
  modules: Both<VfioModules>,
  { subject, why }: { subject: Subject; why: string },
): BuildInResult => ({
  ...{ strategy: subject.strategy, why },
  ...{ compiler: after.compiler, configSha256: after.configSha256, config: 'minimal' },
  kernels: [kernelInResult('before', before), kernelInResult('after', after)],
  compat: after.compat,
  ...(after.debug && { debug: after.debug }),
  modules: { before: modules.before.modules, after: modules.after.modules },
  differ: [...subject.differ],
});
