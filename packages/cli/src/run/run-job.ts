import path from 'node:path';
import { writePayload } from '@pinbench/guest';
import type { Context } from '@pinbench/host';
import { formatPlan, planJob, type CheckContext, type Guest, type Job } from '@pinbench/model';
import {
  bootCold,
  describeEnd,
  eduAddress,
  takeUp,
  type Bootable,
  type Kept,
  type Outcome,
} from '@pinbench/qemu';
import type { Chain } from './chain.ts';

/** A machine to be taken up, or to be booted from nothing. */
export type Ready = { kept: Kept } | { cold: Bootable };

export type JobRun = { guest: Guest; commandLine: readonly string[] };

/** Lives one job in a guest and gives back what it observed, however it ended. */
export async function runJob(
  context: Context,
  ready: Ready,
  job: Job,
  checkContext: CheckContext,
  chain: Chain,
): Promise<JobRun> {
  const plan = planJob(job, checkContext, chain.modules, eduAddress);
  const payload = path.join(context.scratch, `${job.check.name}-${job.boot}.payload`);
  const { machine } = 'kept' in ready ? ready.kept : ready.cold;
  const sizeMiB = machine.nvdimms.find(({ name }) => name === 'payload')?.sizeMiB ?? 0;
  await writePayload(
    payload,
    { plan: formatPlan(plan), files: chain.files, size: sizeMiB * 1024 * 1024 },
    context.signal,
  );
  const outcome =
    'kept' in ready
      ? await takeUp(context, ready.kept, { payload })
      : await bootCold(context, ready.cold, { payload });
  return { guest: guestOf(job, plan, outcome), commandLine: outcome.commandLine };
}

const guestOf = (job: Job, plan: Guest['plan'], outcome: Outcome): Guest => ({
  job,
  plan,
  records: outcome.records,
  end: { kind: outcome.end.kind, message: describeEnd(outcome.end) },
  console: outcome.console,
  splats: outcome.splats,
});
