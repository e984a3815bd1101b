import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import type { Context } from '@pinbench/host';
import { jobsOf } from '@pinbench/model';
import type { Bench, Task } from './course.ts';
import { runJob, type JobRun } from './run-job.ts';
import { allTogether } from './together.ts';

/** Two guests at a time on two cores; by a real clock, one after the other. */
export function runJobs(
  context: Context,
  { request, asked }: Pick<Task, 'request' | 'asked'>,
  { strategy, machines, building }: Bench,
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
