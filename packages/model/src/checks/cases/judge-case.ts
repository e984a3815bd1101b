import type { CaseCell, CaseRow, Variant } from '../../result.ts';
import { combineVerdicts } from '../../verdict.ts';
import type { CheckContext, Leg } from '../check.ts';
import type { Answers, Case, CaseLeg } from './case.ts';
import { caseLeg } from './plan-case.ts';

/** The answers of a case in one leg. */
export const answersOf =
  (leg: Leg | undefined, { id }: CaseLeg): Answers =>
  (step) =>
    leg?.record(id(step));

/** A row of a check's table: in each variant the leg that went worst speaks for all. */
export function judgeCase(
  check: string,
  each: Case,
  legs: readonly Leg[],
  context: CheckContext,
): CaseRow {
  const skipped = each.skip?.(context);
  const cell = (variant: Variant): CaseCell =>
    skipped === undefined
      ? worstCell(check, each, legs, { variant, context })
      : { saw: '-', expected: '-', why: skipped, verdict: 'skip', detail: skipped };
  const [before, after] = [cell('before'), cell('after')];
  const verdict = skipped === undefined ? combineVerdicts([before.verdict, after.verdict]) : 'skip';
  return { name: each.name, before, after, verdict };
}

function worstCell(
  check: string,
  each: Case,
  legs: readonly Leg[],
  { variant, context }: { variant: Variant; context: CheckContext },
): CaseCell {
  const first = legs.find((leg) => leg.variant === 'before');
  const cells = legs
    .filter((leg) => leg.variant === variant)
    .map((leg): CaseCell => {
      const told = caseLeg(check, each, leg, context);
      const { said, why } = each.expect(told);
      const seen = each.judge(answersOf(leg, told), told, answersOf(first, told));
      const { saw, wrong, unknown, evidence = [] } = seen;
      return {
        ...{ saw, expected: said, why },
        ...(evidence.length > 0 && { evidence: [...evidence] }),
        ...verdictOf({ wrong, unknown }, leg),
      };
    });
  const verdict = combineVerdicts(cells.map((cell) => cell.verdict));
  const found = cells.find((cell) => cell.verdict === verdict);
  const nobody = { saw: 'not known', expected: '-', why: 'it was not asked' };
  return found ?? { ...nobody, verdict: 'invalid', detail: nobody.why };
}

function verdictOf(
  { wrong, unknown }: { wrong: string | undefined; unknown: string | undefined },
  { variant, patched }: Leg,
): Pick<CaseCell, 'verdict' | 'detail'> {
  if (unknown !== undefined) return { verdict: 'invalid', detail: unknown };
  if (wrong === undefined) return { verdict: 'pass' };
  if (variant === 'after') return { verdict: 'fail', detail: wrong };
  // Before is what the patch is held against: where it is not as the model says, nothing is learnt of the patch. What
  // it no longer does once the patched modules have run, they have broken.
  return patched
    ? { verdict: 'fail', detail: `${wrong}, and was not before the patched modules ran` }
    : { verdict: 'invalid', detail: wrong };
}
