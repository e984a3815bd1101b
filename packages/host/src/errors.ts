/** Whose fault it was decides the words and the exit code; a verdict about the patch is never an exception. */
abstract class PinbenchError extends Error {
  abstract readonly exitCode: number;
  readonly hint: string | undefined;
  readonly detail: readonly string[];

  constructor(
    message: string,
    options: { hint?: string; detail?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
    this.detail = options.detail ?? [];
  }
}

/** The request was wrong: no such base, the patch does not apply, an unknown option. */
export class RequestError extends PinbenchError {
  readonly exitCode = 64;
}

/** The bench could not do its work: QEMU, disk, package, time limit. */
export class BenchError extends PinbenchError {
  readonly exitCode = 2;
}

/** The user or the system asked the bench to stop. */
export class InterruptedError extends PinbenchError {
  readonly exitCode: number;

  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP';

  /** @param what came of it, where there is something to say */
  constructor(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', what?: string) {
    super([`stopped by ${signal}`, ...(what === undefined ? [] : [what])].join(' '));
    this.signal = signal;
    this.exitCode = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal];
  }
}

export type { PinbenchError };
