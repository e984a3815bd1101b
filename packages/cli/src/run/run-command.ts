import { exitCodeFor } from '@pinbench/model';
import { verdictOf } from '@pinbench/report';
import { progressView } from '../progress/index.ts';
import { readRequest, type RunOptions } from './request.ts';
import { claimFolder } from './claim-folder.ts';
import { runToReports } from './run-to-reports.ts';
import { showResult } from './show-result.ts';

/**
 * The main job: runs the bench, writes the reports, prints one of them. Files are made also where it could not do its
 * work.
 * @returns the exit code that goes with the verdict.
 * @throws RequestError, BenchError or InterruptedError when there is no result to report.
 */
export async function runCommand(options: RunOptions, signal: AbortSignal): Promise<number> {
  const request = readRequest(options);
  await claimFolder(request.out);
  const view = progressView();
  try {
    const ran = await runToReports(request, signal, view.watch);
    view.close();
    showResult(request, ran);
    return exitCodeFor(verdictOf(ran.result));
  } finally {
    view.close();
  }
}
