import type { CheckResult, RefusalRow, Variant } from '@pinbench/model';
import { partVerdict } from '../verdict.ts';
import { plain, sayOutcome } from '../words.ts';
import type { Page } from './page.ts';

const head = ['backing', 'before', 'after', 'expected after', 'verdict'];

/** What VFIO did with each backing, and below the table why a row is not a pass. */
export function refusalSection({ rows = [], verdict }: CheckResult, page: Page): string[] {
  if (rows.length === 0) return [];
  return [
    ...page.table(
      head,
      rows.map((row) => [
        row.backing,
        outcome(row, 'before', page),
        outcome(row, 'after', page),
        row.after.expected,
        page.verdict(partVerdict(verdict, row.verdict), partVerdict(verdict, row.verdict)),
      ]),
      [],
    ),
    ...rows.flatMap((row) => [...why(row, 'before', page), ...why(row, 'after', page)]),
  ];
}

function outcome(row: RefusalRow, variant: Variant, page: Page): string {
  const cell = row[variant];
  const said = plain(sayOutcome(cell));
  return cell.verdict === 'pass' ? said : page.verdict(cell.verdict, said);
}

function why(row: RefusalRow, variant: Variant, page: Page): string[] {
  const { verdict, detail, outcome: seen } = row[variant];
  if (verdict === 'pass' || seen === 'unknown' || detail === undefined) return [];
  return page.text(`${verdict}: ${row.backing}, ${variant}: ${plain(detail)}`, 2);
}
