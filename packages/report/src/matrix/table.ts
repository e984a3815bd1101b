import { stripVTControlCharacters } from 'node:util';
import type { Matrix, MatrixRow } from '@pinbench/model';
import wrapAnsi from 'wrap-ansi';
import type { Page } from '../terminal/page.ts';
import { fit, plain, sayMilliseconds } from '../words.ts';
import { asVerdict, changedNothing, headline, noChange } from './outcome.ts';
import { statusCell } from './status.ts';

/** A cell's lines. */
type Cell = readonly string[];

/** Columns are two apart (see `Page.table`). */
const GAP = 2;
/** A base's name is not cut shorter than this, even if the table then is wider than the page. */
const LEAST_NAME = 16;

/** "does not apply" is two lines. */
const PATCH = 8;

/** Two lines for each base: its name and its verdicts; its kernel and what was seen. */
export function matrixTable({ rows }: Matrix, page: Page): string[] {
  const withStatus = rows.some(({ status }) => status !== undefined);
  const head = [
    ...['patch', 'strategy', ...(withStatus ? ['status'] : [])],
    ...['refused', 'cost', 'checks', 'verdict'],
  ];
  const cells = rows.map((row): Cell[] => [
    wrapAnsi(row.applied?.replaceAll('-', ' ') ?? '-', PATCH).split('\n'),
    [row.strategy ?? '-'],
    ...(withStatus ? [statusCell(row, page)] : []),
    refusedCell(row, page),
    [figure(row, 'cost')],
    checksCell(row, page),
    [page.verdict(asVerdict(row.outcome), row.outcome.toUpperCase()), took(row)],
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.flatMap((each) => (each[column] ?? []).map(visible))),
  );
  const left = page.width - widths.reduce((sum, width) => sum + GAP + width, GAP);
  const room = Math.max(LEAST_NAME, left);
  return [
    ...page.table(
      ['base', ...head],
      rows.map((row, index) => {
        const name = [fit(plain(row.base), room), fit(plain(row.release ?? ''), room)];
        return [name, ...(cells[index] ?? [])].map((lines) => lines.join('\n'));
      }),
      [],
    ),
    ...(rows.some(({ takenOver }) => takenOver)
      ? page.text('* taken over from an earlier matrix', 2)
      : []),
  ];
}

/** The figure of the check that has one of this kind. */
function figure({ checks }: MatrixRow, kind: 'refused' | 'cost'): string {
  const check = checks.find((each) => each[kind] !== undefined);
  return (check && headline(check)) ?? '-';
}

function refusedCell(row: MatrixRow, page: Page): Cell {
  const [amounts, ...rest] = figure(row, 'refused')
    .replace(/ refused$/, '')
    .split(/ (?=of )/);
  const mark = row.checks.some(changedNothing) ? [page.verdict('invalid', noChange)] : [];
  return [amounts ?? '', ...rest, ...mark];
}

/** How many checks pass, and each that does not by its name. */
function checksCell({ checks }: MatrixRow, page: Page): Cell {
  const passed = checks.filter(({ verdict }) => verdict === 'pass');
  return [
    ...(passed.length > 0 ? [page.verdict('pass', `${passed.length} pass`)] : []),
    ...checks
      .filter((check) => !passed.includes(check))
      .map(({ name, verdict }) => page.verdict(verdict, `${name} ${verdict}`)),
    ...(checks.length === 0 ? ['-'] : []),
  ];
}

const took = ({ elapsedMs, takenOver }: MatrixRow): string =>
  elapsedMs === undefined ? '' : `${sayMilliseconds(elapsedMs)}${takenOver ? '*' : ''}`;

const visible = (text: string): number => stripVTControlCharacters(text).length;
