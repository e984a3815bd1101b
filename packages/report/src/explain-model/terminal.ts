import type { ModelExplanation } from '@pinbench/model';
import { makePage } from '../terminal/page.ts';
import type { TerminalOptions } from '../terminal.ts';
import { memoryLines } from './memory.ts';
import { overview } from './overview.ts';

/** What the model says, for a person: of one kind of memory everything, of several a table. */
export function renderModelExplanation(
  explanation: ModelExplanation,
  options: TerminalOptions = {},
): string {
  const page = makePage({ width: 100, ...options });
  const [only, ...more] = explanation.memories;
  const lines =
    only !== undefined && more.length === 0
      ? memoryLines(only, explanation, page)
      : overview(explanation, page);
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}
