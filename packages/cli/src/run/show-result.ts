import { renderJson, renderTerminal } from '@pinbench/report';
import type { Ran } from './run-bench.ts';
import { shortPath, type RunRequest } from './request.ts';

/**
 * Prints what a run came to. Where the bench could not do its work there is nothing to read in a report that the error
 * does not say; JSON is printed all the same, for programs.
 * @throws BenchError, the trouble that there was.
 */
export function showResult(
  { json, out }: Pick<RunRequest, 'json' | 'out'>,
  { result, trouble }: Pick<Ran, 'result' | 'trouble'>,
): void {
  if (json) process.stdout.write(renderJson(result));
  else if (trouble === undefined) {
    process.stdout.write(renderTerminal(result, { folder: shortPath(out) }));
  }
  if (trouble !== undefined) throw trouble;
}
