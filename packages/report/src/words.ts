import { stripVTControlCharacters } from 'node:util';
import { legsDiffer, type RefusalCell, type Result, type TimeRow } from '@pinbench/model';

/** Text from outside (a patch's subject, a console line) without escape sequences and control characters. */
export const plain = (text: string): string =>
  stripVTControlCharacters(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');

/** What VFIO did with a mapping, in the words of the expectation beside it. */
export function sayOutcome(cell: RefusalCell): string {
  if (cell.outcome === 'maps') return 'mapped';
  return cell.outcome === 'refused' ? `refused ${cell.errno ?? 'with no errno'}` : 'not known';
}

/** Nanoseconds in the unit that suits the larger of a pair, so that the two can be compared at a glance. */
export function sayTime(ns: number, largest = ns): string {
  if (largest >= 1e9) return `${(ns / 1e9).toFixed(3)} s`;
  if (largest >= 1e6) return `${(ns / 1e6).toFixed(3)} ms`;
  return `${(ns / 1e3).toFixed(3)} us`;
}

export const sayMilliseconds = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;

/** What takes seconds or minutes. */
export function sayDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? sayMilliseconds(ms) : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export const sayPercent = (percent: number): string =>
  `${percent > 0 ? '+' : ''}${percent.toFixed(2)}%`;

export function sayBytes(bytes: number): string {
  if (bytes >= 2 ** 30) return `${round(bytes / 2 ** 30)} GiB`;
  if (bytes >= 2 ** 20) return `${round(bytes / 2 ** 20)} MiB`;
  return `${round(bytes / 2 ** 10)} KiB`;
}

const round = (value: number): string => String(Number(value.toFixed(1)));

/** The figures of one row in one line, for formats without tables. */
export function sayTimeRow(row: TimeRow): string {
  const largest = Math.max(row.base, row.test);
  const figures = [
    `base ${sayTime(row.base, largest)}`,
    `test ${sayTime(row.test, largest)}`,
    `difference ${sayDifference(row)}`,
    `spread ${row.spread.toFixed(2)}%`,
  ];
  return `${row.backing}, ${row.shape}: ${figures.join(', ')}`;
}

/** What the legs of one variant do not agree on is no difference, and no lack of one. A difference is only named as one where it is more than noise (see `overlap` in the result). */
export const sayDifference = (row: TimeRow): string =>
  legsDiffer(row) ? 'legs differ' : row.overlap ? 'none seen' : sayPercent(row.difference);

/** The patch under test as a person would name it: its subject, or that of the first of a series. */
export function sayPatch(result: Result): string | undefined {
  const [first, ...rest] = result.patches.filter((patch) => patch.role === 'under-test');
  if (first === undefined) return undefined;
  return plain(first.subject) + (rest.length > 0 ? ` (and ${rest.length} more)` : '');
}

export const count = (amount: number, noun: string): string =>
  `${amount} ${noun}${amount === 1 ? '' : 's'}`;

/** The end of a text that is too long; what tells paths apart is there. */
export const fit = (text: string, width: number): string =>
  text.length <= width ? text : `\u2026${text.slice(1 - width)}`;
