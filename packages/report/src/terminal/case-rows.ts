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
    ...notAsked(cases, page),
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

/** Each reason once, with the cases that it keeps from being asked. */
const notAsked = (cases: readonly CaseRow[], page: Page): string[] =>
  (['skip', 'invalid'] as const).flatMap((verdict) =>
    (['before', 'after'] as const).flatMap((variant) => {
      const own = cases.filter((row) => row[variant].verdict === verdict);
      const reasons = new Set(own.map((row) => row[variant].detail ?? 'no reason was given'));
      // What is skipped is so in both variants.
      if (verdict === 'skip' && variant === 'after') return [];
      return [...reasons].flatMap((reason) => {
        const names = own.filter((row) => row[variant].detail === reason).map(({ name }) => name);
        const where = verdict === 'skip' ? '' : `, ${variant}`;
        return page.text(plain(`${verdict}: ${names.join(', ')}${where}: ${reason}`), 2);
      });
    }),
  );

function shown(row: CaseRow, variant: 'before' | 'after', page: Page): string[] {
  const { verdict, detail, why } = row[variant];
  const wrong = verdict === 'fail';
  // That nothing happened after the patch is said by the table; the bytes of it stand in result.json.
  const isDull = variant === 'after' && !wrong && row.before.evidence !== undefined;
  const evidence = isDull ? [] : (row[variant].evidence ?? []);
  return [
    ...(wrong && detail !== undefined
      ? page.text(`${verdict}: ${plain(row.name)}, ${variant}: ${plain(detail)}`, 2)
      : []),
    ...(wrong ? page.text(`expected ${plain(row[variant].expected)}: ${plain(why)}`, 4) : []),
    ...(evidence.length > 0 ? page.text(plain(`${row.name}, ${variant}:`), 2) : []),
    ...evidence.flatMap((line) => page.quote(plain(line))),
  ];
}
