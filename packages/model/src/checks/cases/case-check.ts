import type { Assumption, CaseRow, Variant } from '../../result.ts';
import { combineVerdicts } from '../../verdict.ts';
import type { Asked, Check, CheckContext, Leg } from '../check.ts';
import { laidAtPatch } from '../laid-at-patch.ts';
import type { Case } from './case.ts';
import { answersOf, judgeCase } from './judge-case.ts';
import { caseLeg } from './plan-case.ts';

export type CaseCheckOptions = {
  readonly name: string;
  readonly title: string;
  readonly cases: readonly Case[];
  /** What a pass shows, in sentences that a reviewer can quote. */
  readonly says?: (rows: readonly CaseRow[], context: CheckContext) => string[];
  /** What a reviewer should know although it is no fault of the patch. */
  readonly notes?: (rows: readonly CaseRow[], context: CheckContext) => string[];
  /** The order of the variants; each is asked once by default. */
  readonly legs?: readonly Variant[];
};

/** A check that is a list of cases, each asked in every leg and judged by itself. */
export function caseCheck({
  name,
  title,
  cases,
  says = () => [],
  notes = () => [],
  legs: order = ['before', 'after'],
}: CaseCheckOptions): Check {
  const askedFor = ({ backings }: Pick<Asked, 'backings'>): Case[] =>
    cases.filter((each) => each.backings.every((backing) => backings.includes(backing)));
  const live = (context: CheckContext): Case[] =>
    askedFor(context).filter((each) => each.skip?.(context) === undefined);
  return {
    name,
    title,
    legs: order,
    timed: false,
    boots: () => 1,
    skip: (asked) =>
      askedFor(asked).length === 0 ? 'it needs a --backing that was left out' : undefined,
    plan: (variant, context, index) =>
      live(context).flatMap((each) => [
        ...each.plan(caseLeg(name, each, { variant, index }, context)),
      ]),
    judge: (legs, context) => {
      const rows = askedFor(context).map((each) => judgeCase(name, each, legs, context));
      const reason = firstReason(rows);
      const verdict = verdictOfRows(rows);
      return {
        result: {
          ...{ name, title, verdict, cases: rows, notes: notes(rows, context) },
          ...(verdict === 'pass' && { says: says(rows, context) }),
          ...(reason !== undefined && { reason }),
        },
        assumptions: live(context).flatMap((each) =>
          legs.flatMap((leg) => assumptionsOf(name, each, leg, context)),
        ),
      };
    },
  };
}

/** A row that could not be asked says nothing; only such rows make a check that was skipped. */
function verdictOfRows(rows: readonly CaseRow[]): CaseRow['verdict'] {
  const all = rows.map((row) => row.verdict);
  return all.every((verdict) => verdict === 'skip') ? 'skip' : combineVerdicts(all);
}

function assumptionsOf(check: string, each: Case, leg: Leg, context: CheckContext): Assumption[] {
  const told = caseLeg(check, each, leg, context);
  return laidAtPatch(leg.kernel === 'after', each.assume?.(answersOf(leg, told), told) ?? []);
}

/** Why the check is not a pass, by the first row that says so. */
function firstReason(rows: readonly CaseRow[]): string | undefined {
  for (const verdict of ['fail', 'invalid'] as const) {
    for (const { name, ...row } of rows) {
      for (const variant of ['after', 'before'] as const) {
        const cell = row[variant];
        if (cell.verdict === verdict) return `${variant}: ${name} ${cell.detail ?? ''}`.trimEnd();
      }
    }
  }
  return rows.every((row) => row.verdict === 'skip') ? rows[0]?.after.detail : undefined;
}
