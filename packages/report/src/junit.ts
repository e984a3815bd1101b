import type { Result, Verdict } from '@pinbench/model';
import { create } from 'xmlbuilder2';
import { casesOf, type Case } from './cases.ts';

/**
 * JUnit XML in the form that CI systems read (testsuites, testsuite, testcase): one suite per check with a test case
 * per row, and one for the run's verdict. `fail` is a failure, `invalid` and `error` are errors.
 */
export const renderJUnit = (result: Result): string => junitOf(casesOf(result), result);

/** A case without parts is a suite of its own, with one case. */
export function junitOf(
  all: readonly Case[],
  { elapsedMs, startedAt }: Pick<Result, 'elapsedMs' | 'startedAt'>,
): string {
  const suites = all.map((each) => ({
    name: each.name,
    cases: each.parts.length > 0 ? each.parts : [each],
  }));
  const root = create({ version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '\ufffd' });
  const top = root.ele('testsuites', {
    name: 'pinbench',
    ...tally(suites.flatMap((suite) => suite.cases)),
    ...(elapsedMs !== undefined && { time: (elapsedMs / 1000).toFixed(3) }),
  });
  for (const { name, cases } of suites) {
    const suite = top.ele('testsuite', { name, ...tally(cases), timestamp: startedAt });
    for (const each of cases) {
      const node = suite.ele('testcase', { classname: `pinbench.${name}`, name: each.name });
      const kind = elementFor[each.verdict];
      if (kind !== undefined) node.ele(kind, attributes(kind, each));
      if (each.notes.length > 0) node.ele('system-out').txt(each.notes.join('\n'));
    }
  }
  return `${root.end({ prettyPrint: true })}\n`;
}

const elementFor: Record<Verdict, 'failure' | 'error' | 'skipped' | undefined> = {
  pass: undefined,
  fail: 'failure',
  skip: 'skipped',
  invalid: 'error',
  error: 'error',
};

const attributes = (kind: string, { reason, verdict }: Case): Record<string, string> => ({
  message: reason ?? verdict,
  ...(kind !== 'skipped' && { type: verdict }),
});

function tally(cases: readonly Case[]): Record<string, number> {
  const amount = (kind: string): number =>
    cases.filter((each) => elementFor[each.verdict] === kind).length;
  return {
    tests: cases.length,
    failures: amount('failure'),
    errors: amount('error'),
    skipped: amount('skipped'),
  };
}
