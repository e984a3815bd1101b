import { createInterface } from 'node:readline';
import { execa, ExecaError, type Options } from 'execa';
import { BenchError } from './errors.ts';

export type Finished = { exitCode: number; stdout: string; stderr: string; all: string };
export type RunOptions = Pick<Options, 'cwd' | 'env' | 'input' | 'timeout'> & {
  signal?: AbortSignal;
  /** Gets each line of standard output as it is printed. */
  onLine?: (line: string) => void;
};

/**
 * Runs a program to its end and returns what it said, whatever its exit code. No shell, C locale. An abort or the time
 * limit ends it with SIGTERM, and with SIGKILL two seconds later. It stays in the bench's own process group, so that
 * Ctrl-C and a closed terminal reach whatever it started even when the bench was killed.
 * @throws What the signal gives, when it is aborted. BenchError when the program is not there, was killed or took longer than its time limit.
 */
export async function tryRun(
  file: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  const { signal, onLine, ...rest } = options;
  const running = execa(file, args, {
    ...rest,
    env: { ...rest.env, LC_ALL: 'C' },
    ...(signal && { cancelSignal: signal }),
    stdin: rest.input === undefined ? 'ignore' : 'pipe',
    all: true,
    reject: false,
    forceKillAfterDelay: 2000,
  });
  if (onLine) createInterface({ input: running.stdout }).on('line', onLine);
  const result = await running;
  // A program that handles SIGTERM ends with an exit code of its own.
  if (result.isCanceled) signal?.throwIfAborted();
  if (result.exitCode === undefined || result.timedOut) {
    throw new BenchError(describe(file, result), { cause: result });
  }
  return {
    exitCode: result.exitCode,
    stdout: text(result.stdout),
    stderr: text(result.stderr),
    all: text(result.all),
  };
}

/**
 * Runs a program that is expected to succeed.
 * @throws BenchError with the last lines it printed when it did not.
 */
export async function run(
  file: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  const finished = await tryRun(file, args, options);
  if (finished.exitCode === 0) return finished;
  throw new BenchError(
    `${file} ${args[0] ?? ''} failed with exit code ${String(finished.exitCode)}`,
    {
      detail: finished.all.trim().split('\n').slice(-15),
    },
  );
}

const text = (output: unknown): string => (typeof output === 'string' ? output : '');

function describe(file: string, result: unknown): string {
  if (
    result instanceof ExecaError ||
    (result !== null && typeof result === 'object' && 'shortMessage' in result)
  ) {
    const { code, timedOut, signal } = result as {
      code?: string;
      timedOut?: boolean;
      signal?: string;
    };
    if (code === 'ENOENT') return `${file} is not installed`;
    if (timedOut === true) return `${file} took too long and was stopped`;
    if (signal !== undefined) return `${file} was killed by ${signal}`;
  }
  return `${file} could not be run`;
}
