import type { ExplorationResult } from '@pinbench/model';
import type { TerminalOptions } from '../terminal.ts';
import { makePage, type Page } from '../terminal/page.ts';
import { count, plain } from '../words.ts';
import { differenceLines } from './differences.ts';
import { designLines } from './design.ts';
import { overview } from './overview.ts';

/** What designs do within a bound, for a reviewer: all of them in a table, then the stories of each. */
export function renderExploration(
  result: ExplorationResult,
  options: TerminalOptions = {},
): string {
  const page = makePage({ width: 100, ...options });
  const sections = [
    head(result, page),
    overview(result, page),
    ...result.explorations.map((exploration) => designLines(exploration, result, page)),
    differenceLines(result, page),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => line.trimEnd()).join('\n'))
    .join('\n\n')}\n`;
}

const head = ({ kernel, bound, slots, alphabet }: ExplorationResult, page: Page): string[] => [
  page.bold(
    `Every sequence of up to ${count(bound, 'operation')}, in the model of Linux ${plain(kernel)}`,
  ),
  ...page.field(
    'memory',
    `${slots === 1 ? 'one area' : `up to ${slots} areas`} at a time: ${alphabet.join('; ')}`,
  ),
  ...page.field(
    'asked',
    'map and unmap for the device (all or a part, rw and ro, in two places), DMA both ways, truncate, hole punch, unlink of a file that nobody has mapped, a new file in the freed block, reads and writes by the process and its child, munmap, fork, close and open of the container',
  ),
];
