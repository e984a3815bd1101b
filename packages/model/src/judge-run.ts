import type { Check, CheckContext } from './checks/check.ts';
import type { AgentRecord } from './record.ts';
import { explain } from './explain.ts';
import { momentOfEnd, momentOfSplat, operationAtEnd, type Guest } from './guest.ts';
import { jobAssumptions, legsOf, type SwapModules } from './job.ts';
import type { Assumption, CheckResult, Result } from './result.ts';
import { combineVerdicts, type Verdict } from './verdict.ts';

/** Everything that was observed in one run. */
export type Observed = {
  readonly checks: readonly Check[];
  readonly context: CheckContext;
  readonly guests: readonly Guest[];
  readonly modules: SwapModules;
  /** Modules whose code differs between before and after. */
  readonly differ: readonly string[];
  /** uname -r of the base. */
  readonly release: string;
};

type Judged = Pick<
  Result,
  'verdict' | 'explanation' | 'assumptions' | 'checks' | 'splats' | 'console'
>;

/** Holds what was observed against what the model expects: a verdict for each check, then one for the run. */
export function judgeRun(observed: Observed): Judged {
  const changed = codeDiffers(observed.differ);
  const assumptions: Assumption[] = [changed];
  const checks = observed.checks.map((check): CheckResult => {
    const skipped = check.skip(observed.context);
    if (skipped !== undefined) {
      return { name: check.name, title: check.title, verdict: 'skip', reason: skipped, notes: [] };
    }
    const guests = observed.guests.filter((guest) => guest.job.check === check);
    const trouble = guests.map(troubleOf).find((found) => found !== undefined);
    const judged = check.judge(
      guests.flatMap((guest) => legsOf(guest.job, guest.records)),
      observed.context,
    );
    if (trouble !== undefined) {
      const failed = judged.result.verdict === 'fail' ? judged.result.reason : undefined;
      // A splat before any patched module ran does not undo what was then seen to fail.
      if (failed !== undefined && trouble.verdict === 'invalid') return judged.result;
      const crashed = guests.some(({ end }) => end.kind !== 'completed');
      const reasons = crashed ? [trouble.reason, failed] : [failed, trouble.reason];
      return {
        ...judged.result,
        verdict: trouble.verdict,
        reason: reasons.filter((reason) => reason !== undefined).join('; '),
      };
    }
    const own = [
      ...guests.flatMap((guest) =>
        jobAssumptions(guest.job, guest.plan, guest.records, observed.modules, observed.release),
      ),
      ...judged.assumptions,
    ];
    assumptions.push(...own);
    return heldOr(own, judged.result);
  });
  const combined = combineVerdicts(checks.map((check) => check.verdict));
  // That nothing changed may be why a check fails; it only keeps a run from being green.
  const verdict = combined === 'pass' && !changed.held ? 'invalid' : combined;
  return {
    verdict,
    explanation: explain({ verdict, checks, assumptions, differ: observed.differ }),
    assumptions,
    checks,
    splats: observed.guests.flatMap((guest) => guest.splats),
    console:
      observed.guests.find((guest) => guest.end.kind !== 'completed')?.console.slice(-20) ?? [],
  };
}

/** A patch that changes no code cannot have been exercised: a green run would say nothing of it. */
const codeDiffers = (differ: readonly string[]): Assumption => ({
  name: 'before and after differ in code',
  held: differ.length > 0,
  needed: 'a module whose code the patch changes',
  observed: differ.length > 0 ? differ.join(', ') : 'the same code in every module',
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

/** Records that speak of the bench itself, whatever the kernel under test does. */
const isDefect = ({ op, ok }: AgentRecord): boolean =>
  op === 'plan-error' || op === 'agent-died' || (op === 'payload' && !ok);

/**
 * What a guest's end or a splat makes of a check. Before and after run the same plan in one boot, before first: what
 * comes once patched modules have run is laid at the patch's door, what comes earlier is not.
 */
function troubleOf(guest: Guest): { verdict: Verdict; reason: string } | undefined {
  const { end } = guest;
  const defect = guest.records.find(isDefect);
  if (defect !== undefined) {
    return {
      verdict: 'error',
      reason: `the guest agent could not do its plan: ${defect.op} ${JSON.stringify(defect)}`,
    };
  }
  if (end.kind === 'lost' || end.kind === 'qemu-died')
    return { verdict: 'error', reason: end.message };
  if (end.kind !== 'completed') {
    const moment = momentOfEnd(guest);
    const at = operationAtEnd(guest);
    const reason = `${end.message}, ${moment.where}${at === undefined ? '' : `, at ${at}`}`;
    return { verdict: moment.patched ? 'fail' : 'error', reason };
  }
  const splat = guest.splats[0];
  if (splat === undefined) return undefined;
  const moment = momentOfSplat(guest, splat);
  const headline = (splat.excerpt[0] ?? splat.kind).replace(/^\[ *[\d.]+\] /, '');
  return moment.patched
    ? { verdict: 'fail', reason: `the kernel printed "${headline}" ${moment.where}` }
    : {
        verdict: 'invalid',
        reason: `the kernel printed "${headline}" ${moment.where}, before any patched module ran`,
      };
}
