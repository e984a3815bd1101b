import type { CaseCell, CaseRow, CheckResult, Verdict } from '@pinbench/model';
import wrapAnsi from 'wrap-ansi';
import { partVerdict } from '../verdict.ts';
import { plain } from '../words.ts';
import type { Page } from './page.ts';

const head = ['case', 'before', 'after', 'verdict'];

/** What was seen in each case, and below the table what shows it, or why a row is not a pass. */
export function casesSection({ cases = [], verdict }: CheckResult, page: Page): string[] {
  if (cases.length === 0) return [];
  const isLong = cases.length > MANY && cases.every((row) => row.verdict === 'pass');
  return [
    ...(isLong && verdict === 'pass'
      ? grouped(cases, page)
      : page.table(head, cases.map(cells(cases, verdict, page)), [])),
    ...reasons(cases, page),
    ...cases.flatMap((row) => [...shown(row, 'before', page), ...shown(row, 'after', page)]),
  ];
}

/** More rows than this, all as they should be, are told by what was seen and not one by one. */
const MANY = 16;

function grouped(cases: readonly CaseRow[], page: Page): string[] {
  const said = ({ before, after }: CaseRow): string =>
    before.saw === after.saw
      ? `before and after ${before.saw}`
      : `before ${before.saw}, after ${after.saw}`;
  return [...new Set(cases.map(said))].flatMap((group) => {
    const names = cases.filter((row) => said(row) === group).map(({ name }) => name);
    return [
      `  ${page.bold(plain(group))} (${names.length})`,
      ...page.text(plain(names.join('; ')), 4),
    ];
  });
}

/** Columns are two apart (see `Page.table`). */
const GAPS = 2 * head.length;

/** The two columns in the middle share what the others leave of a line. */
function cells(cases: readonly CaseRow[], whole: Verdict, page: Page) {
  const verdictOf = (row: CaseRow): Verdict => partVerdict(whole, row.verdict);
  const widest = (texts: readonly string[]): number =>
    Math.max(...texts.map((text) => text.length));
  const taken = widest(cases.map(({ name }) => plain(name))) + widest(cases.map(verdictOf));
  const room = Math.floor((page.width - taken - GAPS) / 2);
  const saw = ({ saw: text, verdict }: CaseCell): string =>
    wrapAnsi(plain(text), room)
      .split('\n')
      .map((line) => (verdict === 'pass' ? line : page.verdict(verdict, line)))
      .join('\n');
  return (row: CaseRow): string[] => [
    plain(row.name),
    saw(row.before),
    saw(row.after),
    page.verdict(verdictOf(row), verdictOf(row)),
  ];
}

/** Why rows are not passes: each reason once, with the cases that it is the reason of. */
const reasons = (cases: readonly CaseRow[], page: Page): string[] =>
  (['skip', 'invalid', 'fail'] as const).flatMap((verdict) =>
    // What is skipped is so in both variants.
    (verdict === 'skip' ? (['before'] as const) : (['before', 'after'] as const)).flatMap(
      (variant) => {
        const own = cases.filter((row) => row[variant].verdict === verdict);
        return groupsOf(own, (row) => sayReason(row[variant], verdict)).flatMap(
          ([[reason = '', ...expected], rows]) => {
            const names = rows.map(({ name }) => name).join(verdict === 'fail' ? '; ' : ', ');
            const where = verdict === 'skip' ? '' : `, ${variant}`;
            return [
              ...page.text(plain(`${verdict}: ${names}${where}: ${reason}`), 2),
              ...expected.flatMap((line) => page.text(plain(line), 4)),
            ];
          },
        );
      },
    ),
  );

/** The reason and, of a failure, what was expected, unless the reason has said by which rule. */
const sayReason = (
  { detail = 'no reason was given', expected, why }: CaseCell,
  verdict: Verdict,
): string[] => [
  detail,
  ...(verdict === 'fail' && !detail.includes(why) ? [`expected ${expected}: ${why}`] : []),
];

/** Rows of which the same is said, in their order. */
function groupsOf(
  rows: readonly CaseRow[],
  say: (row: CaseRow) => string[],
): [string[], CaseRow[]][] {
  const said = rows.map((row) => ({ row, lines: say(row) }));
  const keys = [...new Set(said.map(({ lines }) => lines.join('\n')))];
  return keys.map((key) => {
    const own = said.filter(({ lines }) => lines.join('\n') === key);
    return [key.split('\n'), own.map(({ row }) => row)];
  });
}

function shown(row: CaseRow, variant: 'before' | 'after', page: Page): string[] {
  // That nothing happened after the patch is said by the table; the bytes of it stand in result.json.
  const isDull =
    variant === 'after' && row.after.verdict !== 'fail' && row.before.evidence !== undefined;
  const evidence = isDull ? [] : (row[variant].evidence ?? []);
  return [
    ...(evidence.length > 0 ? page.text(plain(`${row.name}, ${variant}:`), 2) : []),
    ...evidence.flatMap((line) => page.quote(plain(line))),
  ];
}
