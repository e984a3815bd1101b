import { seconds, type ProgressView } from './view.ts';

/** A stage shorter than this is said in one line when it ends, not in two. */
const WORTH_A_START_MS = 1000;

/** For logs: whole lines, none of which is ever drawn over. */
export function watchPlainly(write: (text: string) => void): ProgressView {
  const timers = new Map<string, NodeJS.Timeout>();
  const settle = (title: string): void => {
    clearTimeout(timers.get(title));
    timers.delete(title);
  };
  return {
    watch: (event) => {
      switch (event.type) {
        case 'start':
          timers.set(
            event.title,
            setTimeout(() => {
              write(`[ .. ] ${event.title}\n`);
            }, WORTH_A_START_MS).unref(),
          );
          break;
        case 'detail':
          break;
        case 'done':
          settle(event.title);
          if (!event.cached) write(`[ ok ] ${event.title} ${seconds(event.ms)}\n`);
          break;
        case 'failed':
          settle(event.title);
          write(`[fail] ${event.title} ${seconds(event.ms)}\n`);
          break;
        case 'stopped':
          settle(event.title);
          break;
        case 'note':
          write(`       ${event.line}\n`);
      }
    },
    close: () => {
      for (const title of [...timers.keys()]) settle(title);
    },
  };
}
