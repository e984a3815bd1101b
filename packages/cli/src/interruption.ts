import { setMaxListeners } from 'node:events';
import { InterruptedError } from '@pinbench/host';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm hands a Ctrl-C on to a child that the terminal has told already: what comes so soon is the same wish. */
const ONE_WISH_MS = 500;

/**
 * Aborts on the first signal, so that every stage puts away what it has out; a second one ends the program at once
 * (children die with it, see packages/qemu).
 */
export function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  // Every process of a run listens.
  setMaxListeners(0, controller.signal);
  let firstAt = 0;
  for (const signal of signals) {
    process.on(signal, () => {
      const reason = new InterruptedError(signal);
      if (!controller.signal.aborted) {
        firstAt = performance.now();
        controller.abort(reason);
      } else if (performance.now() - firstAt > ONE_WISH_MS) {
        process.exit(reason.exitCode);
      }
    });
  }
  return controller.signal;
}
