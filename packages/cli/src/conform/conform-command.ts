import { InterruptedError } from '@pinbench/host';
import { exitCodeFor } from '@pinbench/model';
import { verdictOf } from '@pinbench/report';
import { progressView } from '../progress/index.ts';
import { claimFolder } from '../run/claim-folder.ts';
import { frameRun } from '../run/run-bench.ts';
import { toReports } from '../run/run-to-reports.ts';
import { showResult } from '../run/show-result.ts';
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
    const ran = await toReports(run.out, signal, view.watch, (context, stages) =>
      frameRun(context, stages, commandFor(request), async (known) => {
        const observed = await observeConform(context, request, known, what);
        seen.stopped = observed.stopped;
        return observed;
      }),
    );
    view.close();
    showResult(run, ran);
    if (seen.stopped && signal.reason instanceof InterruptedError) return signal.reason.exitCode;
    return exitCodeFor(verdictOf(ran.result));
  } finally {
    view.close();
  }
}
