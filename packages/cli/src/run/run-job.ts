import path from 'node:path';
import { writePayload } from '@pinbench/guest';
import type { Context } from '@pinbench/host';
import type { BuiltTestModules } from '@pinbench/kernel';
import {
  formatPlan,
  jobName,
  planJob,
  testModuleFile,
  testModulesIn,
  type CheckContext,
  type Guest,
  type Job,
  type Operation,
  type Subject,
} from '@pinbench/model';
import {
  bootCold,
  describeEnd,
  eduAddress,
  payloadSize,
  takeUp,
  type Bootable,
  type Kept,
  type Outcome,
} from '@pinbench/qemu';
import { findLines, type LinesOf } from './find-lines.ts';

/** A machine to be taken up, or to be booted from nothing. */
export type Ready = { kept: Kept } | { cold: Bootable };

/** What was built: what the plan holds the guest against, and the files of a job's modules. */
export type Building = {
  subject: Subject;
  checkContext: CheckContext;
  /** What the source of after is known to lack, in sentences without their ends. */
  hints: readonly string[];
  filesFor: (job: Job) => readonly ModuleInPayload[];
  /** Files of pinbench's own modules. A job is given those that its plan loads. */
  testModules: BuiltTestModules['files'];
  /** Where the code of the modules under test comes from, if they were built apart from their kernel. */
  lines?: LinesOf;
};

type ModuleInPayload = { name: string; path: string };

export type JobRun = { guest: Guest; commandLine: readonly string[] };

/**
 * Lives one job in a guest and gives back what it observed, however it ended. What is built is waited for only when
 * the guest is ready for it.
 */
export async function runJob(
  context: Context,
  ready: Ready,
  job: Job,
  building: Promise<Building>,
): Promise<JobRun> {
  const { machine } = 'kept' in ready ? ready.kept : ready.cold;
  // Thousands of operations where sequences are asked: made once, and only if the guest comes to want them.
  let planned: readonly Operation[] | undefined;
  const planIn = ({ checkContext, subject }: Building): readonly Operation[] =>
    (planned ??= planJob(job, checkContext, subject, eduAddress));
  const payload = async (): Promise<string> => {
    const built = await building;
    const { filesFor, testModules } = built;
    const file = path.join(context.scratch, `${nameOfJob(job)}.payload`);
    const plan = planIn(built);
    const files = [...filesFor(job), ...testModuleFiles(plan, testModules)];
    const contents = { plan: formatPlan(plan), files, size: payloadSize(machine) };
    await writePayload(file, contents, context.signal);
    return file;
  };
  const outcome =
    'kept' in ready
      ? await takeUp(context, ready.kept, { payload })
      : await bootCold(context, ready.cold, { payload });
  const built = await building;
  const { lines } = built;
  const guest = guestOf(job, planIn(built), outcome);
  return {
    guest: lines === undefined ? guest : await findLines(context, guest, lines),
    commandLine: outcome.commandLine,
  };
}

/** Tells the files of one job from those of the others: `pin-refusal-1`, `pin-refusal-1-after`. */
export const nameOfJob = ({ boot, kernel, ...job }: Job): string =>
  [jobName(job), boot + 1, kernel].filter((word) => word !== undefined).join('-');

const testModuleFiles = (
  plan: readonly Operation[],
  built: BuiltTestModules['files'],
): ModuleInPayload[] =>
  testModulesIn(plan).flatMap(({ name, variant }) => {
    const file = built[variant].get(name);
    return file === undefined ? [] : [{ name: testModuleFile(name, variant), path: file }];
  });

const guestOf = (job: Job, plan: Guest['plan'], outcome: Outcome): Guest => ({
  job,
  plan,
  records: outcome.records,
  end: { kind: outcome.end.kind, message: describeEnd(outcome.end) },
  console: outcome.console,
  splats: outcome.splats,
});
