import { BenchError, Cache, cacheFolder, withScratch } from '@pinbench/host';
import { exitCodeFor } from '@pinbench/model';
import { renderJson, renderTerminal, verdictOf, writeReports } from '@pinbench/report';
import { progressView, recordStages } from '../progress/index.ts';
import { readRequest, shortPath, type RunOptions } from './request.ts';
import { runBench } from './run-bench.ts';
import { claimFolder } from './claim-folder.ts';
import { writeEvidence } from './write-evidence.ts';

/**
 * The main job: runs the bench, writes the reports, prints one of them. Where the bench could not do its work there is
 * nothing to read in a report that the error does not say; files and JSON are made all the same, for programs.
 * @returns the exit code that goes with the verdict.
 * @throws RequestError, BenchError or InterruptedError when there is no result to report.
 */
export async function runCommand(options: RunOptions, signal: AbortSignal): Promise<number> {
  const request = readRequest(options);
  await claimFolder(request.out);
  const view = progressView();
  const { progress, stages } = recordStages(view.watch);
  try {
    return await withScratch(async (scratch) => {
      const cache = new Cache(cacheFolder(), progress.note, signal);
      const { result, guests, trouble } = await runBench(
        { cache, scratch, signal, progress },
        request,
        stages,
      );
      await writing(request.out, async () => {
        await writeEvidence(guests, request.out);
        await writeReports(result, request.out);
      });
      view.close();
      if (request.json) process.stdout.write(renderJson(result));
      else if (trouble === undefined) {
        process.stdout.write(renderTerminal(result, { folder: shortPath(request.out) }));
      }
      if (trouble !== undefined) throw trouble;
      return exitCodeFor(verdictOf(result));
    });
  } finally {
    view.close();
  }
}

/** @throws BenchError when a report cannot be written. */
async function writing(folder: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new BenchError(`cannot write the reports to ${folder}`, {
      hint: 'give a folder that can be written to with --out',
      cause: error,
    });
  }
}
