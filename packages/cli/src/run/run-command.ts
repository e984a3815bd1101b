import { exitCodeFor } from '@pinbench/model';
import { renderJson, renderTerminal, verdictOf } from '@pinbench/report';
import { progressView } from '../progress/index.ts';
import { readRequest, shortPath, type RunOptions } from './request.ts';
import { claimFolder } from './claim-folder.ts';
import { runToReports } from './run-to-reports.ts';

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
  try {
    const { result, trouble } = await runToReports(request, signal, view.watch);
    view.close();
    if (request.json) process.stdout.write(renderJson(result));
    else if (trouble === undefined) {
      process.stdout.write(renderTerminal(result, { folder: shortPath(request.out) }));
    }
    if (trouble !== undefined) throw trouble;
    return exitCodeFor(verdictOf(result));
  } finally {
    view.close();
  }
}
