import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import type { Context } from '@pinbench/host';
import type { Check, Guest, Job } from '@pinbench/model';
import type { Bench } from '../run/course.ts';
import { runJob } from '../run/run-job.ts';

/** Guests in which sequences are run: each check that is asked has one to itself, or one of each kernel. */
export type Lab = {
  /** As many at a time as there are processors. */
  ask: (context: Context, check: Check) => Promise<Guest[]>;
  /** How QEMU was called for the first of them. */
  commandLine: () => readonly string[];
};

/** Lives checks in the machines of a run. */
export function labIn({ strategy, machines, building }: Bench): Lab {
  const limit = pLimit(availableParallelism());
  let boot = 0;
  let commandLine: readonly string[] = [];
  return {
    commandLine: () => commandLine,
    ask: async (context, check) => {
      // What a guest is given lies in a file that is named for its boot.
      const own = { checks: [check], boot: boot++ };
      const jobs: Job[] =
        strategy === 'module-swap' ? [own] : check.legs.map((kernel) => ({ ...own, kernel }));
      const runs = await Promise.all(
        jobs.map((job) => limit(() => runJob(context, machines.readyFor(job), job, building))),
      );
      if (commandLine.length === 0) commandLine = runs[0]?.commandLine ?? [];
      return runs.map(({ guest }) => guest);
    },
  };
}
