export { recordStages, type Watcher } from './record-stages.ts';
import type { ProgressView } from './view.ts';
import { watchPlainly } from './watch-plain.ts';
import { watchOnTerminal } from './watch-terminal.ts';

/** Progress goes to standard error: standard output belongs to the report. */
export function progressView(): ProgressView {
  const plain = !process.stderr.isTTY || process.env['CI'] !== undefined;
  return plain ? watchPlainly((text) => process.stderr.write(text)) : watchOnTerminal();
}
