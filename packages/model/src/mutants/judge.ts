import type { CheckResult, RefusalCell } from '../result.ts';
import type { Verdict } from '../verdict.ts';
import type { Mutant } from './catalogue.ts';
import type { ControlRow, MutantCheck, MutantRow } from './result.ts';

type Judged = {
  readonly checks: readonly CheckResult[];
  readonly verdict: Verdict;
};

/** What a check says against the patch: its own reason, and that of each of its rows. */
export function accusations({ verdict, reason, rows = [], cases = [] }: CheckResult): string[] {
  if (verdict !== 'fail') return [];
  const cells = [
    ...rows.map(({ backing, before, after }) => ({ name: backing, before, after })),
    ...cases,
  ].flatMap(({ name, before, after }) => [
    ...accusation('after', name, after),
    ...accusation('before', name, before),
  ]);
  return [...new Set([...(reason === undefined ? [] : [reason]), ...cells])];
}

const accusation = (
  variant: string,
  name: string,
  { verdict, detail }: Pick<RefusalCell, 'verdict' | 'detail'>,
): string[] => (verdict === 'fail' ? [`${variant}: ${name} ${detail ?? ''}`.trimEnd()] : []);

/**
 * What became of a mutant. It is caught when the check that is named for it fails for the reason that is named; where
 * another check fails, or for another reason, that may be luck.
 */
export function judgeMutant(
  { id, title, mistake, check: name, reason }: Mutant,
  { checks, verdict }: Judged,
): MutantRow {
  const named = checks.find((check) => check.name === name);
  const said = (named === undefined ? [] : accusations(named)).find((each) => reason.test(each));
  const others = checks.filter(({ verdict: own }) => own === 'fail');
  const [first] = named !== undefined && others.includes(named) ? [named] : others;
  const by = said === undefined ? sayFirst(first) : { check: name, reason: said };
  const found = by === undefined ? undefined : said === undefined ? 'caught-otherwise' : 'caught';
  return {
    ...{ id, title, mistake, wanted: { check: name, reason: reason.source } },
    outcome: found ?? (verdict === 'pass' ? 'missed' : unknown(verdict)),
    ...(by && { by }),
    checks: checks.map(checkOf),
  };
}

/** Where nobody failed, and not all passed. */
const unknown = (verdict: Verdict): 'unclear' | 'error' =>
  verdict === 'error' ? 'error' : 'unclear';

/** A right patch that a check finds fault with shows that the check is wrong. */
export function judgeControl(
  { id, title }: { id: string; title: string },
  { checks, verdict }: Judged,
): ControlRow {
  const by = sayFirst(checks.find((check) => check.verdict === 'fail'));
  const outcome = by ? 'accused' : verdict === 'pass' ? 'clean' : unknown(verdict);
  return { id, title, outcome, ...(by && { by }), checks: checks.map(checkOf) };
}

const sayFirst = (check: CheckResult | undefined): { check: string; reason: string } | undefined =>
  check && { check: check.name, reason: check.reason ?? 'no reason was given' };

const checkOf = ({ name, verdict, reason }: CheckResult): MutantCheck => ({
  name,
  verdict,
  ...(reason !== undefined && { reason }),
});
