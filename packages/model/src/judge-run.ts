import type { Check, CheckContext } from './checks/check.ts';
import { explain } from './explain.ts';
import type { Guest } from './guest.ts';
import { jobAssumptions } from './job-assumptions.ts';
import { legsOf } from './job.ts';
import type { Assumption, CheckResult, Result } from './result.ts';
import type { Subject } from './subject.ts';
import { troubleOf } from './trouble.ts';
import { combineVerdicts } from './verdict.ts';

/** Everything that was observed in one run. */
export type Observed = {
  readonly checks: readonly Check[];
  readonly context: CheckContext;
  readonly guests: readonly Guest[];
  readonly subject: Subject;
  /** What the source of after is known to lack, in sentences without their ends. */
  readonly hints?: readonly string[];
};

type Judged = Pick<
  Result,
  'verdict' | 'explanation' | 'assumptions' | 'checks' | 'splats' | 'console'
>;

/** Holds what was observed against what the model expects: a verdict for each check, then one for the run. */
export function judgeRun(observed: Observed): Judged {
  const changed = codeDiffers(observed.subject);
  const assumptions: Assumption[] = [changed];
  const checks = observed.checks.map((check): CheckResult => {
    const skipped = check.skip(observed.context);
    if (skipped !== undefined) {
      return { name: check.name, title: check.title, verdict: 'skip', reason: skipped, notes: [] };
    }
    const guests = guestsOf(observed, check);
    const trouble = troubleOf(guests);
    const legs = guests
      .flatMap((guest) => legsOf(guest.job, guest.records))
      .toSorted((a, b) => a.boot - b.boot || a.index - b.index);
    const judged = check.judge(legs, observed.context);
    const own = [
      ...guests.flatMap((guest) =>
        jobAssumptions(guest.job, guest.plan, guest.records, observed.subject),
      ),
      ...judged.assumptions,
    ];
    const crashed = guests.some(({ end }) => end.kind !== 'completed');
    // What was cut off has no records of much that would have held: how it ended says why.
    if (!crashed) assumptions.push(...own);
    if (trouble !== undefined) {
      const failed = judged.result.verdict === 'fail' ? judged.result.reason : undefined;
      // A splat before any patched module ran does not undo what was then seen to fail.
      if (failed !== undefined && trouble.verdict === 'invalid') return heldOr(own, judged.result);
      const reasons = crashed ? [trouble.reason, failed] : [failed, trouble.reason];
      return {
        ...judged.result,
        verdict: trouble.verdict,
        reason: reasons.filter((reason) => reason !== undefined).join('; '),
      };
    }
    return heldOr(own, judged.result);
  });
  const combined = combineVerdicts(checks.map((check) => check.verdict));
  // That nothing changed may be why a check fails; it only keeps a run from being green.
  const verdict = combined === 'pass' && !changed.held ? 'invalid' : combined;
  return {
    verdict,
    explanation: explain({ ...observed, verdict, checks, assumptions }),
    assumptions,
    checks,
    splats: observed.guests.flatMap((guest) => guest.splats),
    console:
      observed.guests.find((guest) => guest.end.kind !== 'completed')?.console.slice(-20) ?? [],
  };
}

/** The guests of a check, those that live without the patch first. */
const guestsOf = ({ guests }: Observed, check: Check): Guest[] => {
  const own = guests.filter(({ job }) => job.check === check);
  const isPatched = ({ job }: Guest): boolean => job.kernel === 'after';
  return [...own.filter((guest) => !isPatched(guest)), ...own.filter(isPatched)];
};

/** The one assumption that concerns the patch and not what was seen: answers of the kernel stand without it. */
export const codeDiffersName = 'before and after differ in code';

/** A patch that changes no code cannot have been exercised: a green run would say nothing of it. */
const codeDiffers = ({ differ, strategy }: Subject): Assumption => ({
  name: codeDiffersName,
  held: differ.length > 0,
  needed:
    strategy === 'module-swap'
      ? 'a module whose code the patch changes'
      : 'a kernel or module whose code the patch changes',
  observed:
    differ.length > 0
      ? differ.join(', ')
      : `the same code in ${strategy === 'module-swap' ? 'every module' : 'both kernels'}`,
});

/** An answer counts only where everything it rests on held. */
function heldOr(assumptions: readonly Assumption[], result: CheckResult): CheckResult {
  const broken = assumptions.find((assumption) => !assumption.held);
  if (broken === undefined) return result;
  return {
    ...result,
    verdict: broken.patched === true ? 'fail' : 'invalid',
    reason: `${broken.name}: needed ${broken.needed}, observed ${broken.observed}`,
  };
}
