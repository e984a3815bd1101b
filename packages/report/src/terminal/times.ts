import type { CheckResult, TimeRow } from '@pinbench/model';
import { plain, sayBytes, sayDifference, sayPercent, sayTime } from '../words.ts';
import type { Page } from './page.ts';

type Time = NonNullable<CheckResult['time']>;

/**
 * The figures in the form in which VFIO's maintainers took them in commit 4d83de6da265: base, test, difference and
 * spread, per memory and size.
 */
export function timeSection({ time }: CheckResult, page: Page): string[] {
  if (time === undefined || time.rows.length === 0) return [];
  return [
    ...page.text(caption(time), 2),
    ...page.table(head(time), time.rows.map(cells(time)), [2, 3, 4, 5, 6, 7]),
    ...sharesTable(time.rows, page),
    ...page.text(`reported: ${plain(time.reported)}`, 2),
    ...page.text(limit(time), 2),
  ];
}

function caption({ clock, legs, boots }: Time): string {
  const order = `legs ${legs}, ${boots} boot${boots === 1 ? '' : 's'}`;
  return clock === 'counted'
    ? `counted: instructions, 1 = 1 ns of guest time; it says how much more work the kernel does, not how long a processor takes (${order})`
    : `sampled: real time on this machine, the median of all legs; "none seen" where the 95% interval holds no difference (${order})`;
}

const head = ({ clock }: Time): string[] => [
  'backing',
  'operation',
  'size',
  'base',
  'test',
  'difference',
  'spread',
  ...(clock === 'sampled' ? ['95% interval'] : []),
];

/** The backing stands only where it changes. */
const cells =
  ({ clock }: Time) =>
  (row: TimeRow, index: number, rows: readonly TimeRow[]): string[] => {
    const largest = Math.max(row.base, row.test);
    return [
      row.backing === rows[index - 1]?.backing ? '' : row.backing,
      plain(row.shape),
      sayBytes(row.bytes),
      sayTime(row.base, largest),
      sayTime(row.test, largest),
      sayDifference(row),
      `${row.spread.toFixed(2)}%`,
      ...(clock === 'sampled' ? [row.interval?.map(sayPercent).join(' ') ?? ''] : []),
    ];
  };

/** System and user time apart from the wall clock, where they were sampled. */
function sharesTable(rows: readonly TimeRow[], page: Page): string[] {
  const shared = rows.filter((row) => row.system !== undefined || row.user !== undefined);
  if (shared.length === 0) return [];
  const pair = (share: TimeRow['system']): string[] => {
    if (share === undefined) return ['', ''];
    const largest = Math.max(share.base, share.test);
    return [sayTime(share.base, largest), sayTime(share.test, largest)];
  };
  return [
    '',
    ...page.table(
      ['backing', 'operation', 'system base', 'system test', 'user base', 'user test'],
      shared.map((row) => [row.backing, plain(row.shape), ...pair(row.system), ...pair(row.user)]),
      [2, 3, 4, 5],
    ),
  ];
}

function limit({ cost, maxCost }: Time): string {
  const dearest =
    cost === undefined ? 'no row is dearer by more than noise' : `dearest row: ${sayPercent(cost)}`;
  return maxCost === undefined
    ? `${dearest}; no limit set (--max-cost PCT makes one)`
    : `${dearest}; limit ${maxCost}%`;
}
