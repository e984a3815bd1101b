import type { CaseCell, CaseRow, CheckResult, RefusalRow, Result, Verdict } from '@pinbench/model';
import { storyNotes } from './terminal/stories.ts';
import { plain, sayOutcome, sayPatch, sayTimeRow } from './words.ts';
import { explanationOf, partVerdict, verdictOf } from './verdict.ts';

/** One question and its answer, in the form that test report formats share. */
export type Case = {
  readonly name: string;
  readonly verdict: Verdict;
  /** Why it is not a pass. */
  readonly reason?: string;
  readonly notes: readonly string[];
  readonly parts: readonly Case[];
};

/** The assumptions, the checks and, last, the verdict of the run. */
export const casesOf = (result: Result): Case[] => [
  ...assumptionCases(result),
  ...result.checks.map(checkCase),
  verdictCase(verdictOf(result), explanationOf(result)[0], runNotes(result)),
];

/**
 * What has parts ends with its own verdict as one of them: readers such as the kernel's kunit.py count the innermost
 * cases only, and would take a check whose rows pass, but which failed as a whole, for a pass.
 */
export const verdictCase = (
  verdict: Verdict,
  reason: string | undefined,
  notes: readonly string[],
): Case => ({ name: 'verdict', verdict, ...because(verdict, reason), notes, parts: [] });

export const because = (verdict: Verdict, reason: string | undefined): { reason?: string } =>
  verdict === 'pass' || reason === undefined ? {} : { reason: plain(reason) };

function assumptionCases(result: Result): Case[] {
  if (result.assumptions.length === 0) return [];
  const parts = result.assumptions.map(({ name, held, needed, observed }): Case => {
    const verdict = held ? 'pass' : 'invalid';
    const reason = `needed: ${needed}; observed: ${observed}`;
    return { name: plain(name), verdict, ...because(verdict, reason), notes: [], parts: [] };
  });
  const failed = parts.filter((part) => part.verdict !== 'pass').length;
  const verdict = failed === 0 ? 'pass' : 'invalid';
  const reason = `${failed} of ${parts.length} did not hold`;
  return [{ name: 'assumptions', verdict, ...because(verdict, reason), notes: [], parts }];
}

function checkCase(check: CheckResult): Case {
  const { verdict, rows = [], cases = [] } = check;
  const notes = [
    plain(check.title),
    ...timeNotes(check),
    ...[...storyNotes(check), ...check.notes].map(plain),
  ];
  const own = { name: plain(check.name), verdict, ...because(verdict, check.reason) };
  const parts = [
    ...rows.map((row) => rowCase(row, verdict)),
    ...cases.map((row) => caseOfRow(row, verdict)),
  ];
  if (parts.length === 0) return { ...own, notes, parts };
  return { ...own, notes: [], parts: [...parts, verdictCase(verdict, check.reason, notes)] };
}

function rowCase(row: RefusalRow, whole: Verdict): Case {
  const verdict = partVerdict(whole, row.verdict);
  const details = [row.before.detail, row.after.detail].filter((detail) => detail !== undefined);
  if (verdict !== row.verdict) details.push(`the check is ${whole}`);
  return {
    name: row.backing,
    verdict,
    ...(details.length > 0 && { reason: plain(details.join('; ')) }),
    notes: [
      `before: ${sayOutcome(row.before)}, expected ${row.before.expected}`,
      `after: ${sayOutcome(row.after)}, expected ${row.after.expected}`,
    ],
    parts: [],
  };
}

function caseOfRow({ name, before, after, verdict: own }: CaseRow, whole: Verdict): Case {
  const verdict = partVerdict(whole, own);
  const details = [...new Set([before.detail, after.detail])].filter(
    (detail) => detail !== undefined,
  );
  if (verdict !== own) details.push(`the check is ${whole}`);
  return {
    name: plain(name),
    verdict,
    ...(details.length > 0 && { reason: plain(details.join('; ')) }),
    notes: own === 'skip' ? [] : [...cellNotes('before', before), ...cellNotes('after', after)],
    parts: [],
  };
}

const cellNotes = (variant: string, { saw, expected, why, evidence = [] }: CaseCell): string[] =>
  [`${variant}: ${saw}, expected ${expected}: ${why}`, ...evidence].map(plain);

const timeNotes = ({ time }: CheckResult): string[] =>
  time === undefined
    ? []
    : [`clock: ${time.clock}`, ...time.rows.map(sayTimeRow), `reported: ${plain(time.reported)}`];

const runNotes = (result: Result): string[] => [
  ...(sayPatch(result) === undefined ? [] : [`patch: ${sayPatch(result) ?? ''}`]),
  ...(result.base ? [`base: ${plain(`${result.base.spec}, ${result.base.release}`)}`] : []),
  ...explanationOf(result).map(plain),
  ...(result.console.length > 0 ? ['last lines seen:', ...result.console.map(plain)] : []),
  `again: ${plain(result.command)}`,
];
