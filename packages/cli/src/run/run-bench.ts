import { BenchError, type Context } from '@pinbench/host';
import type { Base } from '@pinbench/kernel';
import type { Guest, Result } from '@pinbench/model';
import { benchVersion } from '../version.ts';
import type { Known } from './course.ts';
import { observe, type Observed } from './observe.ts';
import { rerunCommand, type RunRequest } from './request.ts';

export type Ran = { result: Result; guests: readonly Guest[]; trouble?: BenchError };

/**
 * Runs the bench: base, trees, modules, machine, jobs, verdict. Trouble of the bench itself is a result with the
 * verdict `error`, which carries what was known by then.
 * @param met is told of the base once it is found
 * @throws RequestError when the request turns out to be wrong; what the signal gives when it is aborted.
 */
export async function runBench(
  context: Context,
  request: RunRequest,
  stages: Result['stages'],
  met?: (base: Base) => void,
): Promise<Ran> {
  return frameRun(context, stages, rerunCommand(request), (known) =>
    observe(context, request, known, met),
  );
}

/**
 * What a result says of any run, around what was observed in it.
 * @param command that runs it again
 */
export async function frameRun(
  context: Context,
  stages: Result['stages'],
  command: string,
  look: (known: Known) => Promise<Observed>,
): Promise<Ran> {
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const bench = await benchVersion();
  const frame = () => ({
    schema: 1 as const,
    bench,
    command,
    startedAt,
    stages,
    elapsedMs: Math.round(performance.now() - started),
  });
  const known: Known = { patches: [] };
  try {
    const { guests, ...observed } = await look(known);
    return { result: { ...known, ...observed, ...frame() }, guests };
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof BenchError)) throw error;
    return {
      result: { ...known, ...errorResult(error), ...frame() },
      guests: [],
      trouble: error,
    };
  }
}

const errorResult = (error: BenchError) => ({
  verdict: 'error' as const,
  explanation: [error.message, ...(error.hint === undefined ? [] : [`What to do: ${error.hint}`])],
  assumptions: [],
  checks: [],
  splats: [],
  console: [...error.detail],
});
