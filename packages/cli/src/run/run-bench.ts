import { availableParallelism } from 'node:os';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import { assertRoom, BenchError, RequestError, type Context } from '@pinbench/host';
import {
  buildModules,
  pinningFile,
  pinningOfSource,
  prepareTrees,
  readPatches,
  resolveBase,
  shippedPatches,
  type DebianBase,
} from '@pinbench/kernel';
import {
  jobsOf,
  judgeRun,
  parseKernelVersion,
  type Asked,
  type BaseInResult,
  type Guest,
  type Result,
} from '@pinbench/model';
import { roomForFirstRun, roomForLaterRun } from '../room.ts';
import { benchVersion } from '../version.ts';
import { allTogether, together } from './together.ts';
import { lineUpChain } from './chain.ts';
import { machinesFor, type Machines } from './machines.ts';
import { prepareGuest } from './prepare-guest.ts';
import { baseOptions, rerunCommand, shortPath, type RunRequest } from './request.ts';
import { runJob, type Building, type JobRun } from './run-job.ts';

type Known = Pick<Result, 'base' | 'patches' | 'build' | 'machine'>;

export type Ran = { result: Result; guests: readonly Guest[]; trouble?: BenchError };

/**
 * Runs the bench: base, trees, modules, machine, jobs, verdict. Trouble of the bench itself is a result with the
 * verdict `error`, which carries what was known by then.
 * @throws RequestError when the request turns out to be wrong; what the signal gives when it is aborted.
 */
export async function runBench(
  context: Context,
  request: RunRequest,
  stages: Result['stages'],
): Promise<Ran> {
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const bench = await benchVersion();
  const frame = () => ({
    schema: 1 as const,
    bench,
    command: rerunCommand(request),
    startedAt,
    stages,
    elapsedMs: Math.round(performance.now() - started),
  });
  const known: Known = { patches: [] };
  try {
    const { guests, ...observed } = await observe(context, request, known);
    return { result: { ...observed, ...frame() }, guests };
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof BenchError)) throw error;
    return {
      result: { ...known, ...errorResult(error), ...frame() },
      guests: [],
      trouble: error,
    };
  }
}

const errorResult = (error: BenchError) => ({
  verdict: 'error' as const,
  explanation: [error.message, ...(error.hint === undefined ? [] : [`What to do: ${error.hint}`])],
  assumptions: [],
  checks: [],
  splats: [],
  console: [...error.detail],
});

/** Everything from the base to the verdict. `known` takes what the result is to say as soon as it is known. */
async function observe(context: Context, request: RunRequest, known: Known) {
  const { progress } = context;
  await assertRoom(context.cache.root, await roomNeeded(context));
  const base = await progress.stage(`base ${request.base}`, () =>
    resolveBase(context, request.base, baseOptions(request)),
  );
  known.base = inResult(base);
  if (base.kind === 'tree') {
    throw new RequestError(`${request.base} is a tree, and trees cannot be built yet`, {
      hint: 'give a Debian line: --base debian:6.1',
    });
  }
  const patches = await readBoth(context, request, base);
  const baseResult = known.base;
  const asked = askedOf(request, base);
  const [{ subject, checkContext }, { jobs, machines }] = await together(
    context,
    (own) => buildBoth(own, base, patches, asked, known),
    async (own, building) => {
      const machines = await prepareMachines(own, request, base, baseResult);
      known.machine = machines.describe([]);
      // A boot from nothing takes longer than a build and need not wait for it; a machine that is taken up is at once
      // where it needs the modules, and its boot would only be in the compiler's way.
      if (!request.cold) await building;
      return { machines, jobs: await runJobs(own, request, asked, building, machines) };
    },
  );
  known.machine = machines.describe(jobs[0]?.commandLine ?? []);
  const guests = jobs.map(({ guest }) => guest);
  return {
    guests,
    ...judgeRun({
      checks: request.checks,
      context: checkContext,
      guests,
      subject,
    }),
    ...known,
  };
}

const roomNeeded = async ({ cache }: Context): Promise<number> =>
  (await readdir(path.join(cache.root, 'machines')).catch(() => [])).length > 0
    ? roomForLaterRun
    : roomForFirstRun;

const inResult = ({ spec, release, sourceVersion, packages, resolvedAt, tree }: BaseInResult) => ({
  spec,
  release,
  sourceVersion,
  packages: [...packages],
  resolvedAt,
  ...(tree && { tree }),
});

const askedOf = (request: RunRequest, base: DebianBase): Asked => ({
  kernel: parseKernelVersion(base.release),
  backings: request.backings,
  clock: request.clock,
  ...(request.maxCost !== undefined && { maxCost: request.maxCost }),
});

type Patches = Parameters<typeof prepareTrees>[2];

/** What is not a patch is said before anything is built or booted for it. */
async function readBoth(context: Context, request: RunRequest, base: DebianBase): Promise<Patches> {
  const shipped = shippedPatches(base.line);
  const underTest = request.patches.length > 0 ? request.patches : shipped.underTest;
  return {
    underTest: await readPatches(context, underTest),
    baseline: await readPatches(context, shipped.baseline),
  };
}

/** Before and after as modules, and what else a leg loads. */
async function buildBoth(
  context: Context,
  base: DebianBase,
  patches: Patches,
  asked: Asked,
  known: Known,
): Promise<Building> {
  const { progress } = context;
  const trees = await progress.stage('source: apply the patches', () =>
    prepareTrees(context, base, patches),
  );
  if (trees.leftOut.length > 0)
    progress.note(`not applied, no build reads it: ${trees.leftOut.join(', ')}`);
  known.patches = trees.patches.map((patch) => ({ ...patch, file: shortPath(patch.file) }));
  const built = await progress.stage('build before and after', async (stage) => {
    const both = await buildModules(context, base, trees);
    if (both.cached) stage.cached();
    return both;
  });
  known.build = built.build;
  for (const note of built.notes) progress.note(note);
  const { modules, files } = await lineUpChain(context, base, built);
  const kernel = { release: base.release };
  const { strategy, differ } = built.build;
  const source = await readFile(path.join(trees.before.folder, pinningFile), 'utf8');
  return {
    subject: { strategy, kernels: { before: kernel, after: kernel }, modules, differ },
    checkContext: { ...asked, pinning: { before: pinningOfSource(source), after: 'longterm' } },
    filesFor: () => files,
  };
}

/** The machines that the jobs need, ready to be taken up (or to be booted, with --cold). */
async function prepareMachines(
  context: Context,
  request: RunRequest,
  base: DebianBase,
  known: NonNullable<Known['base']>,
): Promise<Machines> {
  const guest = await context.progress.stage('image: what runs in the guest', () =>
    prepareGuest(context, base),
  );
  known.packages.push(...guest.packages);
  return machinesFor(context, request, guest);
}

/** Two guests at a time on two cores; by a real clock, one after the other. */
function runJobs(
  context: Context,
  request: RunRequest,
  asked: Asked,
  building: Promise<Building>,
  machines: Machines,
): Promise<JobRun[]> {
  const limit = pLimit(request.clock === 'sampled' ? 1 : availableParallelism());
  const jobs = jobsOf(request.checks, asked, 'module-swap');
  const title = request.cold ? 'boot, and run the checks' : 'run the checks in the guest';
  return context.progress.stage(title, () =>
    allTogether(context, (own) =>
      jobs.map((job) => limit(() => runJob(own, machines.readyFor(job), job, building))),
    ),
  );
}
