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
  const checks = [...new Set(rows.flatMap((row) => row.checks.map(({ name }) => name)))];
  const withStatus = rows.some(({ status }) => status !== undefined);
  const head = ['patch', 'strategy', ...(withStatus ? ['status'] : []), ...checks, 'verdict'];
  const others = rows.map((row): Cell[] => [
    wrapAnsi(row.applied?.replaceAll('-', ' ') ?? '-', PATCH).split('\n'),
    [row.strategy ?? '-'],
    ...(withStatus ? [statusCell(row, page)] : []),
    ...checks.map((name) => checkCell(row, name, page)),
    [page.verdict(asVerdict(row.outcome), row.outcome.toUpperCase()), took(row)],
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...others.flatMap((cells) => (cells[column] ?? []).map(visible))),
  );
  const left = page.width - widths.reduce((sum, width) => sum + GAP + width, GAP);
  const room = Math.max(LEAST_NAME, left);
  return [
    ...page.table(
      ['base', ...head],
      rows.map((row, index) => {
        const name = [fit(plain(row.base), room), fit(plain(row.release ?? ''), room)];
        return [name, ...(others[index] ?? [])].map((lines) => lines.join('\n'));
      }),
      [],
    ),
    ...(rows.some(({ takenOver }) => takenOver)
      ? page.text('* taken over from an earlier matrix', 2)
      : []),
  ];
}

function checkCell(row: MatrixRow, name: string, page: Page): Cell {
  const check = row.checks.find((each) => each.name === name);
  if (check === undefined) return ['-'];
  const mark = changedNothing(check) ? [page.verdict('invalid', noChange)] : [];
  return [page.verdict(check.verdict, check.verdict), headline(check) ?? '', ...mark];
}

const took = ({ elapsedMs, takenOver }: MatrixRow): string =>
  elapsedMs === undefined ? '' : `${sayMilliseconds(elapsedMs)}${takenOver ? '*' : ''}`;

const visible = (text: string): number => stripVTControlCharacters(text).length;
