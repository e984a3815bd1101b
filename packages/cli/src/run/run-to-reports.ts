import { BenchError, Cache, cacheFolder, withScratch } from '@pinbench/host';
import type { Base } from '@pinbench/kernel';
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
export async function runToReports(
  request: RunRequest,
  signal: AbortSignal,
  watch: Watcher,
  met?: (base: Base) => void,
): Promise<Ran> {
  const { progress, stages } = recordStages(watch);
  return withScratch(async (scratch) => {
    const cache = new Cache(cacheFolder(), progress.note, signal);
    const ran = await runBench({ cache, scratch, signal, progress }, request, stages, met);
    await writing(request.out, async () => {
      await writeEvidence(ran.guests, request.out);
      await writeReports(ran.result, request.out);
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
