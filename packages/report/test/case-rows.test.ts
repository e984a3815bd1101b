import type { CaseRow, CheckResult } from '@pinbench/model';
import { describe, expect, test } from 'vitest';
import { casesSection } from '../src/terminal/case-rows.ts';
import { makePage } from '../src/terminal/page.ts';

const page = makePage({ color: false });

const row = (name: string, change: Partial<CaseRow['after']> = {}): CaseRow => {
  const before = { saw: 'mapped', expected: 'mapped', why: 'no rule', verdict: 'pass' } as const;
  const after = { ...before, saw: 'refused', expected: 'refused', why: 'the rule (2bb6d2837083)' };
  const changed = { ...after, ...change };
  return { name, before, after: changed, verdict: changed.verdict };
};

const lines = (cases: CaseRow[], verdict: CheckResult['verdict'] = 'pass'): string =>
  casesSection({ name: 'example', title: 'An example', verdict, cases, notes: [] }, page)
    .map((line) => line.trimEnd())
    .join('\n');

describe('the cases of a check', () => {
  test('are a table, with what went wrong and what was expected below it', () => {
    const wrong = { saw: 'mapped', verdict: 'fail', detail: 'was pinned' } as const;
    expect(lines([row('one page'), row('2 MiB', wrong)], 'fail')).toMatchInlineSnapshot(`
      "  case      before  after    verdict
        one page  mapped  refused  pass
        2 MiB     mapped  mapped   fail
        fail: 2 MiB, after: was pinned
          expected refused: the rule (2bb6d2837083)"
    `);
  });

  test('that went wrong for one reason are named with it, once', () => {
    const wrong = { saw: 'mapped', verdict: 'fail', detail: 'was pinned' } as const;
    const text = lines([row('one page', wrong), row('2 MiB', wrong)], 'fail');
    expect(text).toContain('  fail: one page; 2 MiB, after: was pinned\n    expected refused: ');
    expect(text.match(/was pinned/g)).toHaveLength(1);
  });

  test('that say by which rule they are wrong do not say it twice', () => {
    const detail = 'was pinned, where the rule (2bb6d2837083)';
    const text = lines([row('one page', { saw: 'mapped', verdict: 'fail', detail })], 'fail');
    expect(text.match(/2bb6d2837083/g)).toHaveLength(1);
  });

  test('that are many and all right are told by what was seen', () => {
    const many = Array.from({ length: 20 }, (_, index) => row(`case ${index + 1}`));
    expect(lines(many)).toMatchInlineSnapshot(`
      "  before mapped, after refused (20)
          case 1; case 2; case 3; case 4; case 5; case 6; case 7; case 8; case 9; case 10; case 11;
          case 12; case 13; case 14; case 15; case 16; case 17; case 18; case 19; case 20"
    `);
  });

  test('stay within the page, whatever was seen', () => {
    const long = 'refused EOPNOTSUPP, then all of the limit mapped, then all of it unmapped';
    const text = lines([row('refusals under the memlock limit', { saw: long })]);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(96);
  });

  test('that were passed over are named with the reason, once', () => {
    const skip = { saw: '-', verdict: 'skip', detail: 'it loads no modules' } as const;
    const skipped = (name: string): CaseRow => {
      const cell = { ...row(name).before, ...skip };
      return { name, before: cell, after: cell, verdict: 'skip' };
    };
    expect(lines([row('one page'), skipped('a'), skipped('b')])).toContain(
      '  skip: a, b: it loads no modules',
    );
  });

  test('show what shows it: before the patch, and after it where that is wrong', () => {
    const shown = { ...row('unlink'), before: { ...row('x').before, evidence: ['3b d3'] } };
    expect(lines([shown])).toContain('  unlink, before:\n  | 3b d3');
  });
});
