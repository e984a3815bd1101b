import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import type { Context } from '@pinbench/host';
import { jobsOf, type Asked, type Strategy } from '@pinbench/model';
import type { Machines } from './machines.ts';
import type { RunRequest } from './request.ts';
import { runJob, type Building, type JobRun } from './run-job.ts';
import { allTogether } from './together.ts';

/** Two guests at a time on two cores; by a real clock, one after the other. */
export function runJobs(
  context: Context,
  request: RunRequest,
  { asked, strategy }: { asked: Asked; strategy: Strategy },
  machines: Machines,
  building: Promise<Building>,
): Promise<JobRun[]> {
  const limit = pLimit(request.clock === 'sampled' ? 1 : availableParallelism());
  const jobs = jobsOf(request.checks, asked, strategy);
  const title = request.cold ? 'boot, and run the checks' : 'run the checks in the guest';
  return context.progress.stage(title, () =>
    allTogether(context, (own) =>
      jobs.map((job) => limit(() => runJob(own, machines.readyFor(job), job, building))),
    ),
  );
}
