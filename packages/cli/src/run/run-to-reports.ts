import { BenchError, Cache, cacheFolder, withScratch, type Context } from '@pinbench/host';
import type { Base } from '@pinbench/kernel';
import type { Result } from '@pinbench/model';
import { writeReports } from '@pinbench/report';
import { recordStages, type Watcher } from '../progress/index.ts';
import type { RunRequest } from './request.ts';
import { runBench, type Ran } from './run-bench.ts';
import { writeEvidence } from './write-evidence.ts';

/**
 * Runs the bench for one request and lays the reports, and what the guests said, into its folder.
 * @param met is told of the base once it is found, also where nothing comes of it
 * @throws RequestError, BenchError or InterruptedError when there is no result to report.
 */
export const runToReports = (
  request: RunRequest,
  signal: AbortSignal,
  watch: Watcher,
  met?: (base: Base) => void,
): Promise<Ran> =>
  toReports(request.out, signal, watch, (context, stages) =>
    runBench(context, request, stages, met),
  );

/** The same for whatever runs the bench. */
export async function toReports<R extends Ran>(
  out: string,
  signal: AbortSignal,
  watch: Watcher,
  run: (context: Context, stages: Result['stages']) => Promise<R>,
): Promise<R> {
  const { progress, stages } = recordStages(watch);
  return withScratch(async (scratch) => {
    const cache = new Cache(cacheFolder(), progress.note, signal);
    const ran = await run({ cache, scratch, signal, progress }, stages);
    await writing(out, async () => {
      await writeEvidence(ran.guests, out);
      await writeReports(ran.result, out);
    });
    return ran;
  });
}

/** @throws BenchError when a report cannot be written. */
export async function writing<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new BenchError(`cannot write the reports to ${folder}`, {
      hint: 'give a folder that can be written to with --out',
      cause: error,
    });
  }
}
