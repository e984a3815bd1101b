import { setMaxListeners } from 'node:events';
import { InterruptedError } from '@pinbench/host';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Aborts on the first signal, so that every stage puts away what it has out; a second one ends the program at once
 * (children die with it, see packages/qemu).
 */
export function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  // Every process of a run listens.
  setMaxListeners(0, controller.signal);
  for (const signal of signals) {
    process.on(signal, () => {
      const reason = new InterruptedError(signal);
      if (controller.signal.aborted) process.exit(reason.exitCode);
      controller.abort(reason);
    });
  }
  return controller.signal;
}
