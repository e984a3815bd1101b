import type { CaseCell, CaseRow, CheckResult } from '@pinbench/model';
import { partVerdict } from '../verdict.ts';
import { plain } from '../words.ts';
import type { Page } from './page.ts';

const head = ['case', 'before', 'after', 'expected after', 'verdict'];

/** What was seen in each case, and below the table what shows it, or why a row is not a pass. */
export function casesSection({ cases = [], verdict }: CheckResult, page: Page): string[] {
  if (cases.length === 0) return [];
  return [
    ...page.table(
      head,
      cases.map((row) => [
        plain(row.name),
        saw(row.before, page),
        saw(row.after, page),
        plain(row.after.expected),
        page.verdict(partVerdict(verdict, row.verdict), partVerdict(verdict, row.verdict)),
      ]),
      [],
    ),
    ...skips(cases, page),
    ...cases.flatMap((row) => [...shown(row, 'before', page), ...shown(row, 'after', page)]),
  ];
}

const saw = (cell: CaseCell, page: Page): string =>
  cell.verdict === 'pass' ? plain(cell.saw) : page.verdict(cell.verdict, plain(cell.saw));

/** Each reason once, with the cases that it keeps from being asked. */
function skips(cases: readonly CaseRow[], page: Page): string[] {
  const skipped = cases.filter((row) => row.verdict === 'skip');
  const reasons = new Set(skipped.map((row) => row.after.detail ?? 'no reason was given'));
  return [...reasons].flatMap((reason) => {
    const names = skipped.filter((row) => row.after.detail === reason).map(({ name }) => name);
    return page.text(plain(`skipped: ${names.join(', ')}: ${reason}`), 2);
  });
}

function shown(row: CaseRow, variant: 'before' | 'after', page: Page): string[] {
  const { verdict, detail, why, evidence = [] } = row[variant];
  const wrong = verdict !== 'pass' && verdict !== 'skip';
  return [
    ...(wrong && detail !== undefined
      ? page.text(`${verdict}: ${plain(row.name)}, ${variant}: ${plain(detail)}`, 2)
      : []),
    ...(wrong ? page.text(`expected ${plain(row[variant].expected)}: ${plain(why)}`, 4) : []),
    ...(evidence.length > 0 ? page.text(plain(`${row.name}, ${variant}:`), 2) : []),
    ...evidence.flatMap((line) => page.quote(plain(line))),
  ];
}
