import ora from 'ora';
import { seconds, type ProgressView } from './view.ts';

/** For a terminal: finished stages stand as lines, what goes on spins below them with its clock. */
export function watchOnTerminal(): ProgressView {
  const spinner = ora({ stream: process.stderr, discardStdin: false });
  const active = new Map<string, { since: number; detail: string | undefined }>();
  const redraw = (): void => {
    if (active.size === 0) {
      spinner.stop();
      return;
    }
    spinner.text = [...active]
      .map(([title, { since, detail }]) =>
        [title, detail, seconds(performance.now() - since)]
          .filter((word) => word !== undefined)
          .join(' · '),
      )
      .join(' | ');
    if (!spinner.isSpinning) spinner.start();
  };
  const print = (line: string): void => {
    spinner.stop();
    process.stderr.write(`${line}\n`);
    redraw();
  };
  const clock = setInterval(redraw, 100).unref();
  return {
    watch: (event) => {
      switch (event.type) {
        case 'start':
          active.set(event.title, { since: performance.now(), detail: undefined });
          redraw();
          break;
        case 'detail': {
          const stage = active.get(event.title);
          if (stage) stage.detail = event.detail;
          break;
        }
        case 'done':
          active.delete(event.title);
          if (event.cached) redraw();
          else print(`\u2714 ${event.title} ${seconds(event.ms)}`);
          break;
        case 'failed':
          active.delete(event.title);
          print(`\u2716 ${event.title} ${seconds(event.ms)}`);
          break;
        case 'stopped':
          active.delete(event.title);
          redraw();
          break;
        case 'note':
          print(`  ${event.line}`);
      }
    },
    close: () => {
      clearInterval(clock);
      spinner.stop();
    },
  };
}
