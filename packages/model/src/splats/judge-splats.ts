import type { Guest } from '../guest.ts';
import type { CaseCell, CaseRow, CheckResult, Variant } from '../result.ts';
import { combineVerdicts } from '../verdict.ts';
import { evidenceOf } from './evidence.ts';
import { sightingsIn, type Rules, type Sighting } from './sightings.ts';
import { describeSubject, nameSubject, type SplatSubject } from './subject.ts';

const name = 'splats';
const whatToDo = 'an entry in qemu/splats allows what is right to come there';
const title = 'The kernels complain of nothing that is not allowed';

/**
 * Judges what the kernels printed of themselves: a row for each report that differs from the others. One that comes
 * once patched code has run is the patch's, unless it comes without the patch as well or a policy allows it. One that
 * comes without the patch is not held against the patch, but leaves nothing proven: what the checks rest on is a kernel
 * that works. A policy says where such a report is right to come.
 */
export function judgeSplats(
  guests: readonly Pick<Guest, 'job' | 'console' | 'splats'>[],
  rules: Rules,
): CheckResult {
  if (guests.length === 0)
    return { name, title, verdict: 'skip', reason: 'no guest was run', notes: [] };
  const seen = sightingsIn(guests, rules);
  const prints = [...new Set(seen.map(({ fingerprint }) => fingerprint))];
  const cases = prints.map((print) => rowOf(seen.filter((one) => one.fingerprint === print)));
  const verdict = cases.length === 0 ? 'pass' : worst(cases.map((row) => row.verdict));
  const reason = firstReason(cases, verdict);
  const advice = verdict === 'invalid' ? `; ${whatToDo}` : '';
  return {
    ...{ name, title, verdict, notes: notesOf(seen) },
    ...(cases.length > 0 && { cases }),
    ...(reason !== undefined && { reason: `${reason}${advice}` }),
  };
}

/** What comes without the patch as well does not undo what the patch was seen to do. */
const worst = (verdicts: readonly CaseRow['verdict'][]): CaseRow['verdict'] =>
  verdicts.includes('fail') ? 'fail' : combineVerdicts(verdicts);

function rowOf(sightings: readonly Sighting[]): CaseRow {
  const usual = sightings.some(({ patched, policy }) => !patched && policy === undefined);
  const cell = (variant: Variant): CaseCell =>
    cellOf(
      sightings.filter((one) => one.variant === variant),
      usual,
    );
  const [before, after] = [cell('before'), cell('after')];
  const [first] = sightings;
  return {
    name: first === undefined ? '' : `${nameSubject(first.subject)} [${first.fingerprint}]`,
    ...{ before, after, verdict: worst([before.verdict, after.verdict]) },
  };
}

const silence = { expected: 'nothing', why: 'a kernel that works complains of nothing' };

/** @param usual the same comes where no patched code has run, and nothing allows it there */
function cellOf(sightings: readonly Sighting[], usual: boolean): CaseCell {
  const [first] = sightings;
  if (first === undefined) return { saw: 'not seen', ...silence, verdict: 'pass' };
  const saw = sightings.length === 1 ? 'seen' : `seen ${sightings.length} times`;
  const [worstOne = first] = sightings.filter(({ policy }) => policy === undefined);
  const { policy, patched, where, subject } = worstOne;
  if (policy !== undefined) {
    const why = `${policy.reason} (${policy.link})`;
    return { saw, expected: `allowed by ${policy.id}`, why, verdict: 'pass' };
  }
  const account = { saw, ...silence, evidence: evidenceOf(worstOne.splat) };
  const said = `was printed${placeOf(subject)} ${where}`;
  if (!patched) return { ...account, verdict: 'invalid', detail: `${said}, without the patch` };
  return usual
    ? { ...account, verdict: 'invalid', detail: `${said}, and without the patch as well` }
    : { ...account, verdict: 'fail', detail: said };
}

const placeOf = ({ file, line }: SplatSubject): string =>
  file === undefined ? '' : ` from ${file}${line === undefined ? '' : `:${line}`}`;

function firstReason(cases: readonly CaseRow[], verdict: CaseRow['verdict']): string | undefined {
  if (verdict === 'pass') return undefined;
  for (const { name: what, before, after } of cases)
    for (const { verdict: own, detail } of verdict === 'fail' ? [after, before] : [before, after])
      if (own === verdict) return `${what} ${detail ?? ''}`.trimEnd();
  return undefined;
}

/** What is allowed is not kept back either. */
const notesOf = (seen: readonly Sighting[]): string[] => [
  ...new Set(
    seen.flatMap(({ policy, subject, variant }) =>
      policy === undefined
        ? []
        : [`Allowed ${variant}: ${describeSubject(subject)}: ${policy.reason} (${policy.link}).`],
    ),
  ),
];
