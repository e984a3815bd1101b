import { InterruptedError } from '@pinbench/host';
import { exitCodeFor } from '@pinbench/model';
import { renderJson, renderTerminal, verdictOf } from '@pinbench/report';
import { progressView } from '../progress/index.ts';
import { claimFolder } from '../run/claim-folder.ts';
import { shortPath } from '../run/request.ts';
import { frameRun } from '../run/run-bench.ts';
import { toReports } from '../run/run-to-reports.ts';
import { observeConform } from './observe-conform.ts';
import { readSequence } from './replay.ts';
import { commandFor, readConformRequest, type ConformOptions } from './request.ts';

/**
 * Holds sequences of operations against the model: random ones, or one from a file.
 * @returns the exit code that goes with the verdict.
 * @throws RequestError before anything is run; BenchError or InterruptedError where nothing came of it.
 */
export async function conformCommand(
  options: ConformOptions,
  signal: AbortSignal,
): Promise<number> {
  const request = readConformRequest(options);
  const { run } = request;
  const what = 'replay' in request.what ? await readSequence(request.what.replay) : request.what;
  await claimFolder(run.out);
  const view = progressView();
  const seen = { stopped: false };
  try {
    const { result, trouble } = await toReports(run.out, signal, view.watch, (context, stages) =>
      frameRun(context, stages, commandFor(request), async (known) => {
        const observed = await observeConform(context, request, known, what);
        seen.stopped = observed.stopped;
        return observed;
      }),
    );
    view.close();
    if (run.json) process.stdout.write(renderJson(result));
    else if (trouble === undefined) {
      process.stdout.write(renderTerminal(result, { folder: shortPath(run.out) }));
    }
    if (trouble !== undefined) throw trouble;
    if (seen.stopped && signal.reason instanceof InterruptedError) return signal.reason.exitCode;
    return exitCodeFor(verdictOf(result));
  } finally {
    view.close();
  }
}
