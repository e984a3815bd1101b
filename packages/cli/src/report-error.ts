import { BenchError, InterruptedError, RequestError } from '@pinbench/host';

type Described = { exitCode: number; lines: string[] };

/** What went wrong, what to do about it and the exit code that says whose fault it was. */
export function describeError(error: unknown, signal?: AbortSignal): Described {
  // An interruption of its own says what came of it.
  const isCaused = signal?.aborted === true && !(error instanceof InterruptedError);
  const cause: unknown = isCaused ? signal.reason : error;
  if (cause instanceof InterruptedError) {
    return { exitCode: cause.exitCode, lines: [`pinbench: ${cause.message}`] };
  }
  if (cause instanceof RequestError || cause instanceof BenchError) {
    return {
      exitCode: cause.exitCode,
      lines: [
        `pinbench: ${cause.message}`,
        ...cause.detail.map((line) => `  | ${line}`),
        ...(cause.hint === undefined ? [] : [`  hint: ${cause.hint}`]),
      ],
    };
  }
  const trace = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  return {
    exitCode: 2,
    lines: [
      'pinbench: a defect in the bench itself:',
      ...trace.split('\n').map((line) => `  | ${line}`),
    ],
  };
}
