import type { Matrix, MatrixRow, RowOutcome } from '@pinbench/model';
import { makePage, type Page } from '../terminal/page.ts';
import type { TerminalOptions } from '../terminal.ts';
import { count, plain, sayMilliseconds } from '../words.ts';
import { accountOf, asVerdict, changedNothing, noChange } from './outcome.ts';
import { disagreementBoxes, statusLine } from './status.ts';
import { matrixTable } from './table.ts';

/** The matrix for a person: the table, what went wrong where, where the whole reports lie. */
export function renderMatrix(matrix: Matrix, options: TerminalOptions = {}): string {
  const page = makePage({ width: 100, ...options });
  const sections = [
    heading(matrix, page),
    matrixTable(matrix, page),
    ...matrix.rows.map((row) => disagreementBoxes(row, page)),
    ...matrix.rows.filter(({ outcome }) => outcome !== 'pass').map((row) => account(row, page)),
    statusSection(matrix, page),
    closing(matrix, page, options.folder),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => line.trimEnd()).join('\n'))
    .join('\n\n')}\n`;
}

const heading = ({ outcome, subject, rows }: Matrix, page: Page): string[] => {
  const what = subject === undefined ? "each base's own patch" : plain(subject);
  const word = outcome.toUpperCase();
  const first = `${said(outcome, page)}  ${page.bold(what)} (${count(rows.length, 'base')})`;
  return page.hang(first, word.length + 2);
};

/** Lines of an account that are shown; the rest stands in the base's own report. */
const ENOUGH = 6;

function account(row: MatrixRow, page: Page): string[] {
  const lines = accountOf(row);
  const left = lines.length - ENOUGH;
  return [
    `${page.bold(plain(row.base))}  ${said(row.outcome, page)}`,
    ...lines.slice(0, ENOUGH).flatMap((line) => page.text(line, 2)),
    ...(left > 0 ? [page.dim(`  ... ${count(left, 'more line')} in matrix.json`)] : []),
  ];
}

const statusSection = ({ rows }: Matrix, page: Page): string[] =>
  rows
    .filter(({ status }) => status !== undefined)
    .flatMap((row, index) => page.field(index === 0 ? 'status' : '', statusLine(row)));

function closing(matrix: Matrix, page: Page, folder: string | undefined): string[] {
  const { rows, outcome, command, elapsedMs } = matrix;
  const own = rows.flatMap((row) => (row.folder === undefined ? [] : [`${row.folder}/`]));
  const files = ['matrix.txt', 'matrix.json', 'matrix.ktap', 'matrix.xml'];
  return [
    ...page.field('took', `${sayMilliseconds(elapsedMs)} in all`),
    ...(folder === undefined ? [] : page.field('files', `${folder}: ${files.join(', ')}`)),
    ...(own.length === 0 ? [] : page.field('reports', `of each base, in ${own.join(', ')}`)),
    ...page.field('again', plain(command)),
    '',
    `${said(outcome, page)}  ${tally(rows)}`,
  ];
}

const words: Partial<Record<RowOutcome, string>> = {
  pass: 'passed',
  fail: 'failed',
  waiting: 'not run',
};

function tally(rows: readonly MatrixRow[]): string {
  const outcomes = rows.map(({ outcome }) => outcome);
  const parts = [...new Set(outcomes)].map(
    (outcome) =>
      `${outcomes.filter((each) => each === outcome).length} ${words[outcome] ?? outcome}`,
  );
  const contrary = rows.flatMap(({ status }) => status?.disagreements ?? []).length;
  const shout = contrary === 0 ? '' : `; ${count(contrary, 'disagreement')} of source and boot`;
  const unread = rows.filter(({ status }) => status?.trouble !== undefined).length;
  const failed = unread === 0 ? '' : `; the sources of ${unread} could not be read`;
  const same = rows.filter(({ checks }) => checks.some(changedNothing)).length;
  const idle = same === 0 ? '' : `; ${noChange} in what is refused on ${same}`;
  return `${count(rows.length, 'base')}: ${parts.join(', ')}${shout}${failed}${idle}`;
}

const said = (outcome: RowOutcome, page: Page): string =>
  page.bold(page.verdict(asVerdict(outcome), outcome.toUpperCase()));
