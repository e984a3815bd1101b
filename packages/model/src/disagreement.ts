import { z } from 'zod';
import { backings, isFsdax, type Backing } from './backing.ts';
import { codeDiffersName } from './judge-run.ts';
import type { CheckResult, RefusalCell, RefusalRow, Result, Variant } from './result.ts';
import type { PinPath, StatusReport } from './status.ts';

export const disagreementSchema = z.object({
  variant: z.enum(['before', 'after']),
  backing: z.enum(backings),
  source: z.string().describe('What its source says of it, and where'),
  boot: z.string().describe('What the kernel did'),
});

export type Disagreement = z.infer<typeof disagreementSchema>;

/** What came of holding a reading of the source against a boot. */
export type Comparison = {
  /** Answers of the kernel that the source has a word on. */
  compared: number;
  disagreements: Disagreement[];
  /** Why nothing could be compared, where nothing could. */
  why?: string;
};

/**
 * Holds what the sources of before and after say against what their kernels did. An answer that rests on an assumption
 * which did not hold proves nothing, nor does one of a guest that something befell; a source that was not understood
 * says nothing.
 */
export function compareWithBoot(
  statuses: Readonly<Record<Variant, StatusReport>>,
  result: Result,
): Comparison {
  const none = (why: string): Comparison => ({ compared: 0, disagreements: [], why });
  const asked = result.checks.filter(({ rows = [] }) => rows.length > 0);
  if (asked.length === 0) return none('no check asked what is refused');
  const broken = result.assumptions.find(({ held, name }) => !held && name !== codeDiffersName);
  if (broken !== undefined) return none(`an assumption of the run did not hold: ${broken.name}`);
  const rows = asked.filter(isSound).flatMap((check) => check.rows ?? []);
  if (rows.length === 0)
    return none('the checks that asked what is refused came to no sound answer');
  const answers = rows.flatMap((row) => [
    ...answer('before', row, statuses.before),
    ...answer('after', row, statuses.after),
  ]);
  if (answers.length === 0) return none('what was asked, the sources say nothing of');
  return {
    compared: answers.length,
    disagreements: answers.flatMap(({ disagreement }) => disagreement ?? []),
  };
}

/**
 * False where something befell the guest that spoils what it answered. A check whose own answers make it invalid is
 * sound: that before is not as its source has it is just what is looked for.
 */
const isSound = ({ verdict, rows = [] }: CheckResult): boolean =>
  verdict !== 'error' && (verdict !== 'invalid' || rows.some((row) => row.verdict === 'invalid'));

type Answer = { disagreement?: Disagreement };

/** Whether one answer is as the source has it; nothing where one of the two is not known. */
function answer(
  variant: Variant,
  { backing, [variant]: cell }: RefusalRow,
  { type1: { own } }: StatusReport,
): Answer[] {
  const expected = saidOf(backing, own);
  if (expected === 'unknown' || cell.outcome === 'unknown') return [];
  const refusedAs = expected === 'refused' ? ERRNO : undefined;
  if (cell.outcome === (expected === 'refused' ? 'refused' : 'maps') && cell.errno === refusedAs) {
    return [{}];
  }
  return [
    { disagreement: { variant, backing, source: saySource(backing, own), boot: sayBoot(cell) } },
  ];
}

/** With which the rule refuses: check_vma_flags() of mm/gup.c, and the patch itself before it. */
const ERRNO = 'EOPNOTSUPP';

/** The agent asks for memory of its own. Of other kinds of memory the sources are not asked. */
function saidOf(backing: Backing, own: PinPath): PinPath['fsdax'] {
  if (isFsdax(backing)) return own.fsdax;
  return backing === 'device-dax' ? own.deviceDax : 'unknown';
}

function saySource(backing: Backing, own: PinPath): string {
  const [where] = own.citations;
  const at = where === undefined ? '' : ` (${where.file}:${where.line})`;
  return `${own.call} has it ${saidOf(backing, own)}${at}`;
}

const sayBoot = ({ outcome, errno }: RefusalCell): string =>
  outcome === 'maps' ? 'it was pinned' : `it was refused with ${errno ?? 'no errno'}`;
