import type { CheckResult, Result } from '@pinbench/model';
import { stripVTControlCharacters } from 'node:util';
import { casesSection } from './terminal/case-rows.ts';
import { compared } from './terminal/compared.ts';
import { makePage, type Page } from './terminal/page.ts';
import { refusalSection } from './terminal/refusals.ts';
import { storiesSection } from './terminal/stories.ts';
import { timeSection } from './terminal/times.ts';
import { brokenAssumptions, consoleSection } from './terminal/trouble.ts';
import { explanationOf, verdictOf } from './verdict.ts';
import { count, plain, sayMilliseconds, sayPatch } from './words.ts';

export type TerminalOptions = {
  /** Default: whether the terminal shows colour; NO_COLOR and FORCE_COLOR are honoured. */
  color?: boolean;
  /** Columns, held between 80 and 100; 96 by default. */
  width?: number;
  /** Where the other reports lie, to be named at the end. */
  folder?: string;
};

/** The report for a person: verdict, what was compared, what was seen, what it cost, how to run it again. */
export function renderTerminal(result: Result, options: TerminalOptions = {}): string {
  const page = makePage(options);
  const sections = [
    heading(result, page),
    compared(result, page),
    brokenAssumptions(result, page),
    ...result.checks.map((check) => checkSection(check, page)),
    consoleSection(result, page),
    closing(result, page, options.folder),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map(trimEnd).join('\n'))
    .join('\n\n')}\n`;
}

function heading(result: Result, page: Page): string[] {
  const verdict = verdictOf(result);
  const indent = verdict.length + 2;
  const first = `${page.verdict(verdict)}  ${page.bold(sayPatch(result) ?? 'pinbench')}`;
  return [
    ...page.hang(first, indent),
    ...explanationOf(result).flatMap((line) => page.text(plain(line), indent)),
  ];
}

function checkSection(check: CheckResult, page: Page): string[] {
  const title = `${page.bold(check.name)}  ${page.verdict(check.verdict)}  ${plain(check.title)}`;
  return [
    title,
    ...(check.reason === undefined || saidByRow(check) ? [] : page.text(plain(check.reason), 2)),
    // What was skipped as a whole has said why.
    ...(check.verdict === 'skip' ? [] : parts(check, page)),
  ];
}

const parts = (check: CheckResult, page: Page): string[] => [
  ...refusalSection(check, page),
  ...casesSection(check, page),
  ...timeSection(check, page),
  ...storiesSection(check, page),
  ...check.notes.flatMap((note) => page.text(plain(note), 2)),
];

/** A row that went wrong says why below its table; the check's reason may be no more than that. */
const saidByRow = ({ verdict, rows = [], cases = [], reason = '' }: CheckResult): boolean =>
  verdict !== 'skip' &&
  [...rows, ...cases]
    .flatMap((row) => [row.before.detail, row.after.detail])
    .some((detail) => detail !== undefined && reason.includes(detail));

function closing(result: Result, page: Page, folder: string | undefined): string[] {
  const verdict = verdictOf(result);
  return [
    ...(result.stages.length > 0 ? page.field('took', took(result)) : []),
    ...(folder === undefined
      ? []
      : page.field('files', `${folder}: report.txt, result.json, result.ktap, junit.xml`)),
    ...page.field('again', plain(result.command)),
    '',
    `${page.verdict(verdict)}  ${tally(result)}`,
  ];
}

function took({ elapsedMs, stages }: Result): string {
  const parts = stages.map(
    ({ title, ms, cached }) => `${plain(title)} ${cached ? '(cached)' : sayMilliseconds(ms)}`,
  );
  return [
    ...(elapsedMs === undefined ? [] : [`${sayMilliseconds(elapsedMs)} in all`]),
    ...parts,
  ].join('; ');
}

function tally({ checks }: Result): string {
  if (checks.length === 0) return 'no check was run';
  const amounts = (['pass', 'fail', 'invalid', 'error', 'skip'] as const)
    .map((verdict) => ({
      verdict,
      amount: checks.filter((check) => check.verdict === verdict).length,
    }))
    .filter(({ amount }) => amount > 0);
  const words = { pass: 'passed', fail: 'failed', skip: 'skipped' } as Record<string, string>;
  const said = amounts.map(({ verdict, amount }) => `${amount} ${words[verdict] ?? verdict}`);
  return `${count(checks.length, 'check')}: ${said.join(', ')}`;
}

const trimEnd = (line: string): string =>
  stripVTControlCharacters(line) === line ? line.trimEnd() : line;
