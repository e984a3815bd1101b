import type { Check, CheckContext, Leg } from './checks/check.ts';
import { explain } from './explain.ts';
import { momentOfEnd, type Guest } from './guest.ts';
import { jobAssumptions, nameOfGuest, partAssumptions } from './job-assumptions.ts';
import { closeId, legsOf } from './job.ts';
import type { Assumption, CheckResult, Result } from './result.ts';
import { judgeSplats } from './splats/judge-splats.ts';
import { logAssumptions } from './splats/log-assumptions.ts';
import type { SplatPolicy } from './splats/policy.ts';
import { unarmedNote } from './splats/warnings-again.ts';
import type { Subject } from './subject.ts';
import { troubleOf } from './trouble.ts';
import { combineVerdicts, type Verdict } from './verdict.ts';

/** Everything that was observed in one run. */
export type Observed = {
  readonly checks: readonly Check[];
  readonly context: CheckContext;
  readonly guests: readonly Guest[];
  readonly subject: Subject;
  /** What the source of after is known to lack, in sentences without their ends. */
  readonly hints?: readonly string[];
  /** What kernels are known to complain of. */
  readonly policies: readonly SplatPolicy[];
};

type Judged = Pick<
  Result,
  'verdict' | 'explanation' | 'assumptions' | 'checks' | 'splats' | 'console'
>;

/** Holds what was observed against what the model expects: a verdict for each check, then one for the run. */
export function judgeRun(observed: Observed): Judged {
  const changed = codeDiffers(observed.subject);
  // What was cut off has no records of much that would have held: how it ended says why.
  const shared = new Map(
    observed.guests
      .filter(hasEndedWell)
      .map((guest) => [
        guest,
        jobAssumptions(guest.job, guest.plan, guest.records, observed.subject),
      ]),
  );
  const assumptions = [changed, ...[...shared.values()].flat()];
  const checks = observed.checks.map((check): CheckResult => {
    const skipped = check.skip(observed.context);
    if (skipped !== undefined) {
      return { name: check.name, title: check.title, verdict: 'skip', reason: skipped, notes: [] };
    }
    const guests = guestsOf(observed, check);
    const legs = legsFor(check, guests);
    const judged = check.judge(legs, observed.context);
    const own = [...partAssumptions(check, legs), ...judged.assumptions];
    if (guests.every(hasEndedWell)) assumptions.push(...own);
    return judgeCheck(check, guests, judged.result, [
      ...guests.flatMap((guest) => shared.get(guest) ?? []),
      ...own,
    ]);
  });
  const log = judgeLogs(observed);
  assumptions.push(...log.assumptions);
  const combined = withLogs(
    combineVerdicts(checks.map((check) => check.verdict)),
    log.result.verdict,
  );
  const all = [...checks, log.result];
  // That nothing changed may be why a check fails; it only keeps a run from being green.
  const verdict = combined === 'pass' && !changed.held ? 'invalid' : combined;
  return {
    verdict,
    explanation: explain({ ...observed, verdict, checks: all, assumptions }),
    assumptions,
    checks: all,
    splats: observed.guests.flatMap((guest) => guest.splats),
    console: observed.guests.find(hasCrashed)?.console.slice(-20) ?? [],
  };
}

/** What the kernels said of themselves, and whether they could have said it. */
function judgeLogs({ guests, context, policies, subject: { kernels } }: Observed): {
  result: CheckResult;
  assumptions: Assumption[];
} {
  const whole = guests.filter(hasEndedWell);
  const assumptions = whole.flatMap((guest) =>
    logAssumptions(nameOfGuest(guest.job), guest, kernels[guest.job.kernel ?? 'before']),
  );
  const judged = judgeSplats(guests, { policies, kernel: context.kernel });
  const result = { ...judged, notes: [...judged.notes, ...new Set(guests.flatMap(unarmedNote))] };
  if (result.verdict !== 'pass') return { result, assumptions };
  if (whole.length < guests.length) {
    const reason = 'the log of a guest was cut off';
    return { result: { ...result, verdict: 'skip', reason }, assumptions };
  }
  return { result: heldOr(assumptions, result), assumptions };
}

/** What a log holds once patched code has run stands by itself; what it held before undoes no failure. */
function withLogs(checks: Verdict, logs: Verdict): Verdict {
  if (logs === 'fail' && checks === 'invalid') return logs;
  // A log alone is no question that was asked.
  if (checks === 'fail' || checks === 'error' || logs === 'skip') return checks;
  return combineVerdicts([checks, logs]);
}

const hasEndedWell = ({ end }: Guest): boolean => end.kind === 'completed';

/** An agent that gave up saw for itself why; of any other end its check may have seen what it led to. */
const hasCrashed = ({ end }: Guest): boolean => end.kind !== 'completed' && end.kind !== 'stuck';

/** Some part of it failed, whatever else could not be asked any more. */
const hasFailed = ({ verdict, rows = [], cases = [] }: CheckResult): boolean =>
  verdict === 'fail' || [...rows, ...cases].some((row) => row.verdict === 'fail');

/** What a check said, held against how its guests fared. */
function judgeCheck(
  check: Check,
  guests: readonly Guest[],
  result: CheckResult,
  assumptions: readonly Assumption[],
): CheckResult {
  const trouble = troubleOf(guests, check);
  if (trouble === undefined) return heldOr(assumptions, result);
  const failed = hasFailed(result) ? result.reason : undefined;
  if (trouble.elsewhere) {
    if (failed !== undefined) return { ...result, verdict: 'fail' };
    return { ...result, verdict: 'skip', reason: `it was not asked to its end: ${trouble.reason}` };
  }
  const reasons = guests.some(hasCrashed) ? [trouble.reason, failed] : [failed, trouble.reason];
  return {
    ...result,
    verdict: trouble.verdict,
    reason: reasons.filter((reason) => reason !== undefined).join('; '),
  };
}

/** The legs in which a check was asked, by boot and then in its order. */
const legsFor = (check: Check, guests: readonly Guest[]): Leg[] =>
  guests
    .flatMap((guest) =>
      legsOf(guest.job, guest.records).filter((leg) => isWhole(guest, leg, check)),
    )
    .filter(({ index }) => index < check.legs.length)
    .toSorted((a, b) => a.boot - b.boot || a.index - b.index);

/** Of a guest that ended while another check was asked, a leg counts if this one was asked to its end in it. */
const isWhole = (guest: Guest, leg: Leg, check: Check): boolean =>
  hasEndedWell(guest) ||
  momentOfEnd(guest).check === check ||
  leg.record(closeId(check)) !== undefined;

/** The guests of a check, those that live without the patch first. */
const guestsOf = ({ guests }: Observed, check: Check): Guest[] => {
  const own = guests.filter(({ job }) => job.checks.includes(check));
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

/**
 * An answer counts only where everything it rests on held. What no longer holds once patched code has run is a failure,
 * and hides none that the check has seen for itself.
 */
function heldOr(assumptions: readonly Assumption[], result: CheckResult): CheckResult {
  const all = assumptions.filter((assumption) => !assumption.held);
  const broken = all.find((assumption) => assumption.patched !== true) ?? all[0];
  if (broken === undefined) return result;
  if (broken.patched === true && hasFailed(result)) return { ...result, verdict: 'fail' };
  return {
    ...result,
    verdict: broken.patched === true ? 'fail' : 'invalid',
    reason: `${broken.name}: needed ${broken.needed}, observed ${broken.observed}`,
  };
}
