import { isFsdax } from './backing.ts';
import type { CheckContext } from './checks/check.ts';
import { expectMap } from './expect/index.ts';
import type { Assumption, CheckResult, RefusalCell, RefusalRow, TimeRow } from './result.ts';
import { legsDiffer } from './statistics.ts';
import type { Subject } from './subject.ts';
import type { Verdict } from './verdict.ts';

type Asked = Pick<CheckContext, 'pinning' | 'kernel'>;

type Judged = {
  verdict: Verdict;
  checks: readonly CheckResult[];
  assumptions: readonly Assumption[];
  context: Asked;
  subject: Pick<Subject, 'differ' | 'strategy'>;
  hints?: readonly string[];
};

const said: Record<Verdict, string> = {
  pass: 'passes',
  fail: 'fails',
  skip: 'was skipped',
  invalid: 'says nothing',
  error: 'could not be done',
};

/** The shortest true account of a verdict, in sentences a reviewer can quote. */
export function explain({
  verdict,
  checks,
  assumptions,
  context,
  subject,
  hints = [],
}: Judged): string[] {
  const ruledBefore = context.pinning.before === 'longterm';
  if (verdict === 'pass') {
    return [
      // What no check can see comes first: a reader of a green run may read no further.
      ...hints.map(
        (hint) => `It passes every check that was asked, but by the source of after ${hint}.`,
      ),
      ...checks.flatMap((check) => explainPass(check, context)),
      ...checks
        .filter((check) => check.verdict === 'skip')
        .map(({ name, reason }) => `Not asked: ${name} (${reason ?? 'no reason was given'}).`),
    ];
  }
  const broken = assumptions.filter((assumption) => !assumption.held).length;
  return [
    ...(subject.differ.length === 0
      ? [
          `The patch changes no code: the ${subject.strategy === 'module-swap' ? 'modules' : 'kernels'} built before and after are the same.`,
        ]
      : []),
    ...checks
      .filter((check) => check.verdict !== 'pass' && check.verdict !== 'skip')
      .map(
        (check) =>
          `${check.name} ${said[check.verdict]}: ${check.reason ?? 'no reason was given'}.`,
      ),
    ...(verdict === 'invalid' && broken > 0
      ? ['An assumption did not hold, so this run says nothing about the patch.']
      : []),
    ...(verdict === 'fail'
      ? hints
          .filter((hint) => !checks.some(({ reason = '' }) => isSaidIn(reason, hint)))
          .map((hint) => `By the source of after, ${hint}.`)
      : []),
    ...(ruledBefore ? [`By its source, before has the rule already: ${noChange}.`] : []),
    ...(checks.every((check) => check.verdict === 'skip')
      ? ['No check was run, so nothing was learnt.']
      : []),
  ];
}

/** A check that saw what the source lacks names the same commit. */
const isSaidIn = (reason: string, hint: string): boolean =>
  (hint.match(/\b[0-9a-f]{12}\b/g) ?? []).some((commit) => reason.includes(commit));

const noChange = 'this run can show no change in what is refused';

function explainPass(check: CheckResult, context: Asked): string[] {
  if (check.verdict !== 'pass') return [];
  return [
    ...(check.says ?? []),
    ...(check.rows ? explainRefusal(check.rows, check.accounted ?? [], context) : []),
    ...(check.time ? explainTime(check) : []),
  ];
}

const names = (rows: readonly RefusalRow[]): string => rows.map((row) => row.backing).join(', ');

function explainRefusal(
  rows: readonly RefusalRow[],
  accounted: readonly string[],
  context: Asked,
): string[] {
  const ruledBefore = context.pinning.before === 'longterm';
  const refused = rows.filter((row) => isFsdax(row.backing));
  const others = rows.filter((row) => !isFsdax(row.backing));
  const alike = others.filter((row) => seen(row.before) === seen(row.after));
  const changed = others.filter((row) => !alike.includes(row));
  return [
    ...(refused.length > 0
      ? [
          ruledBefore
            ? `VFIO refuses filesystem-DAX memory (${names(refused)}) with EOPNOTSUPP without the patch already, and still does with it: ${noChange}.`
            : `Before the patch VFIO pins filesystem-DAX memory (${names(refused)}); after it the same calls fail with EOPNOTSUPP${leaveBehind(accounted)}.`,
        ]
      : [
          'No filesystem-DAX memory was asked about, so this says nothing of what the patch is for.',
        ]),
    ...(alike.length > 0
      ? [`What else was asked behaves alike before and after (${names(alike)}).`]
      : []),
    ...changed.map((row) => explainChange(row, context)),
  ];
}

/** A row of a pass did what was expected of it; why that is another thing after than before, the model knows. */
function explainChange({ backing, before, after }: RefusalRow, context: Asked): string {
  const { why } = expectMap(context.pinning.after, backing, context.kernel);
  return `${backing}: ${seen(before)} before, ${seen(after)} after, as expected: ${why}.`;
}

const seen = ({ outcome, errno }: RefusalCell): string =>
  outcome === 'maps' ? 'mapped' : `refused ${errno ?? 'with no errno'}`;

const leaveBehind = (accounted: readonly string[]): string =>
  accounted.length === 0 ? '' : ` and leave no ${alternatives.format(accounted)} behind`;

const alternatives = new Intl.ListFormat('en-GB', { type: 'disjunction' });

function explainTime(check: CheckResult): string[] {
  const [row] = check.time?.rows ?? [];
  if (!check.time || !row) return [];
  const unit = check.time.clock === 'counted' ? 'instructions' : 'time';
  const [dearest] = check.time.rows
    .filter(({ overlap }) => !overlap)
    .toSorted((a, b) => b.difference - a.difference);
  return [
    `In the shape of the well-known unit test (${row.backing}, ${row.shape}) ${sayChange(row, unit)}.`,
    ...(dearest !== undefined && dearest !== row && dearest.difference > 0
      ? [`The dearest is ${dearest.backing}, ${dearest.shape}: ${sayChange(dearest, unit)}.`]
      : []),
  ];
}

function sayChange(row: TimeRow, unit: string): string {
  const { difference, overlap } = row;
  if (legsDiffer(row)) return `the legs of one variant differ too much for a comparison`;
  if (overlap) return `no difference in ${unit} was seen`;
  return `the patched kernel takes ${Math.abs(difference).toFixed(1)}% ${difference < 0 ? 'fewer' : 'more'} ${unit}`;
}
