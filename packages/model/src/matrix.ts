import { z } from 'zod';
import { disagreementSchema } from './disagreement.ts';
import { reportFrame } from './report-frame.ts';
import { isUnderstood, statusReportSchema } from './status.ts';
import { verdicts, type Verdict } from './verdict.ts';

/**
 * How one base came out. Beside the verdicts of a run: `rejected`, the request is wrong for this base (the patch does
 * not apply, say); `stopped`, the run was interrupted; `waiting`, its turn never came.
 */
export const rowOutcomes = [
  'pass',
  'fail',
  'invalid',
  'error',
  'rejected',
  'stopped',
  'waiting',
] as const;

export type RowOutcome = (typeof rowOutcomes)[number];

const outcome = z.enum(rowOutcomes);

const check = z.object({
  name: z.string(),
  verdict: z.enum(verdicts),
  reason: z.string().optional().describe('One sentence: why it is not a pass'),
  refused: z
    .object({ before: z.array(z.string()), after: z.array(z.string()), asked: z.number() })
    .optional()
    .describe('The kinds of memory that were refused, and how many were asked'),
  cost: z
    .object({
      usual: z
        .number()
        .nullable()
        .describe(
          'Percent: the first row, in the shape of the well-known unit test; null: no difference seen',
        ),
      dearest: z.number().nullable().describe('Percent: the dearest row of all'),
    })
    .optional(),
});

const asked = z
  .object({ bench: z.string(), patches: z.string(), options: z.string(), base: z.string() })
  .describe('Hashes of what the row rests on; a row is taken over only where all are the same');

/** Once in the JSON schema, as it stands three times in a row. */
const report = statusReportSchema.meta({ id: 'status-report' });

const status = z
  .object({
    base: report.optional(),
    before: report.optional(),
    after: report.optional(),
    compared: z.number().describe('Answers of the kernels that the sources have a word on'),
    disagreements: z.array(disagreementSchema),
    why: z.string().optional().describe('Why nothing could be compared, where nothing could'),
    trouble: z.string().optional().describe('Why a source could not be read'),
  })
  .describe('What reading the sources says, held against what the kernels did (--status)');

const row = z.object({
  base: z.string().describe('What was asked for, e.g. debian:6.1'),
  outcome,
  release: z.string().optional().describe('uname -r of the kernel that was booted'),
  applied: z.string().optional().describe('How the patch under test applied, or why it did not'),
  strategy: z.string().optional(),
  checks: z.array(check),
  explanation: z.array(z.string()).describe('Why the outcome is what it is, or what went wrong'),
  hint: z.string().optional().describe('What can be done about it'),
  startedAt: z.iso.datetime().optional(),
  elapsedMs: z.number().optional(),
  folder: z
    .string()
    .optional()
    .describe("The base's own reports, below the folder of the matrix; none where none were made"),
  status: status.optional(),
  takenOver: z.boolean().describe('From an earlier matrix, by --resume'),
  asked: asked.optional(),
});

/** Several bases, each with what a run on it came to. Renderers read this and nothing else. */
export const matrixSchema = z
  .object({
    ...reportFrame,
    elapsedMs: z.number(),
    subject: z
      .string()
      .optional()
      .describe('Of the patch under test, where the user gave it; else each base has its own'),
    outcome: outcome.describe('The worst of the rows'),
    exitCode: z.number(),
    rows: z.array(row),
  })
  .meta({ title: 'pinbench matrix', id: 'pinbench-matrix' });

export type Matrix = z.infer<typeof matrixSchema>;
export type MatrixRow = z.infer<typeof row>;
export type MatrixCheck = z.infer<typeof check>;
export type RowStatus = z.infer<typeof status>;
export type RowGround = z.infer<typeof asked>;

/** What is not known outranks what was seen to fail, that outranks what could not be asked. */
const worstFirst: readonly RowOutcome[] = [
  'stopped',
  'waiting',
  'error',
  'invalid',
  'fail',
  'rejected',
  'pass',
];

/** The worst of the rows, and of what reading the sources came to. No rows at all are never green. */
export function combineRows(rows: readonly Pick<MatrixRow, 'outcome' | 'status'>[]): RowOutcome {
  const outcomes = rows.flatMap(({ outcome, status: read }) => {
    const verdict = read && statusVerdict(read);
    return verdict === undefined || verdict === 'skip' ? [outcome] : [outcome, verdict];
  });
  return worstFirst.find((candidate) => outcomes.includes(candidate)) ?? 'error';
}

/**
 * The exit code of a matrix. A request that is wrong for some bases (64) counts less than a verdict against the patch
 * on another (1), and more than a pass.
 * @param outcome the worst of the rows
 * @param interrupted the exit code that goes with the signal, where one ended the matrix
 */
export const matrixExitCode = (outcome: RowOutcome, interrupted?: number): number =>
  interrupted ?? exitCodes[outcome];

const exitCodes: Record<RowOutcome, number> = {
  pass: 0,
  rejected: 64,
  fail: 1,
  invalid: 1,
  error: 2,
  stopped: 2,
  waiting: 2,
};

/**
 * A verdict for the reading of the sources: `fail` where a boot showed otherwise, `invalid` where a source was not
 * understood, `skip` where there was nothing to hold it against.
 */
export function statusVerdict({
  base,
  before,
  after,
  compared,
  disagreements,
  trouble,
}: RowStatus): Verdict {
  if (trouble !== undefined) return 'error';
  if (disagreements.length > 0) return 'fail';
  const read = [base, before, after].filter((report) => report !== undefined);
  if (!read.every(isUnderstood)) return 'invalid';
  return compared === 0 ? 'skip' : 'pass';
}

/**
 * True for a row that need not run again: it came to an end, and the bench was not at fault. Of what was rejected only
 * a patch that was held against its base: a tree that lacks files, or changed while it was read, may be mended.
 */
export const isSettled = ({ outcome, applied }: Pick<MatrixRow, 'outcome' | 'applied'>): boolean =>
  ['pass', 'fail', 'invalid'].includes(outcome) ||
  (outcome === 'rejected' && applied !== undefined);

/** What of a row's ground is no longer so, in the words of a line to the user; undefined when all of it is the same. */
export function whatChanged(before: RowGround | undefined, now: RowGround): string | undefined {
  if (before === undefined) return 'it is not known what it rested on';
  const said: Record<keyof RowGround, string> = {
    patches: 'the patch is another',
    options: 'the options are others',
    base: 'the base is another',
    bench: 'the bench, its compiler or its QEMU is another',
  };
  const [first] = (Object.keys(said) as (keyof RowGround)[]).filter(
    (key) => before[key] !== now[key],
  );
  return first && said[first];
}
