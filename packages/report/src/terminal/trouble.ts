import type { Result } from '@pinbench/model';
import { count, plain } from '../words.ts';
import type { Page } from './page.ts';

const MANY = 6;
const CONSOLE_LINES = 15;

/** What was needed for the answers to mean anything, and was not so. */
export function brokenAssumptions({ assumptions }: Result, page: Page): string[] {
  const broken = assumptions.filter((assumption) => !assumption.held);
  if (broken.length === 0) return [];
  const listed = broken
    .slice(0, MANY)
    .flatMap(({ name, needed, observed }) => [
      ...page.text(page.verdict('invalid', plain(name)), 2),
      ...page.text(`needed    ${plain(needed)}`, 4),
      ...page.text(`observed  ${plain(observed)}`, 4),
    ]);
  return [
    page.bold(`${broken.length} of ${count(assumptions.length, 'assumption')} did not hold`),
    ...listed,
    ...more(broken.length - MANY, 'of them', page),
  ];
}

/** The last lines of the console, or of the program that failed, unless a splat says it better. */
export function consoleSection({ console: lines, splats }: Result, page: Page): string[] {
  if (lines.length === 0 || splats.length > 0) return [];
  return [
    page.bold('Last lines seen'),
    ...more(lines.length - CONSOLE_LINES, 'lines before', page),
    ...lines.slice(-CONSOLE_LINES).flatMap((line) => quote(line, page)),
  ];
}

const quote = (line: string, page: Page): string[] =>
  page.quote(plain(line).replaceAll('\t', '  '));

const more = (amount: number, what: string, page: Page): string[] =>
  amount > 0 ? [page.dim(`  ... ${amount} more ${what} in result.json`)] : [];
