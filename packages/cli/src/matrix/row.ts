import { BenchError, RequestError } from '@pinbench/host';
import { PatchRefused } from '@pinbench/kernel';
import type { CheckResult, MatrixCheck, MatrixRow, PatchInResult, Result } from '@pinbench/model';
import { verdictOf } from '@pinbench/report';

/** What is known of a row whatever came of it. */
export type RowFrame = Pick<MatrixRow, 'base' | 'release' | 'asked' | 'startedAt' | 'elapsedMs'>;

/** A row from the result of a run. Pure. */
export function rowOfResult(result: Result, frame: RowFrame, folder: string): MatrixRow {
  const verdict = verdictOf(result);
  const applied = worstApplied(result.patches);
  return {
    ...frame,
    // A run that asked nothing is no pass in any report.
    outcome: verdict === 'skip' ? 'invalid' : verdict,
    ...(result.base && { release: result.base.release }),
    ...(applied !== undefined && { applied }),
    ...(result.build && { strategy: result.build.strategy }),
    checks: result.checks.map(checkInRow),
    explanation: result.explanation,
    startedAt: result.startedAt,
    folder,
    takenOver: false,
  };
}

/** A row from what kept a run from having a result. Pure. */
export function rowOfError(error: unknown, frame: RowFrame): MatrixRow {
  const shared = { ...frame, checks: [], takenOver: false };
  if (error instanceof RequestError || error instanceof BenchError) {
    return {
      ...shared,
      outcome: error instanceof RequestError ? 'rejected' : 'error',
      ...(error instanceof PatchRefused && { applied: error.refusal.outcome }),
      explanation: [error.message, ...error.detail],
      ...(error.hint !== undefined && { hint: error.hint }),
    };
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    ...shared,
    outcome: 'error',
    explanation: ['a defect in the bench itself:', ...trace.split('\n')],
  };
}

/** A row that has no answer: its turn has not come, or it was stopped. */
export const rowWithout = (outcome: 'stopped' | 'waiting', frame: RowFrame): MatrixRow => ({
  ...frame,
  outcome,
  checks: [],
  explanation: [],
  takenOver: false,
});

const bestFirst: readonly PatchInResult['applied'][] = ['clean', 'with-offset', 'with-fuzz'];

/** How the patch under test applied; of a series, the part that fits least. */
function worstApplied(patches: readonly PatchInResult[]): PatchInResult['applied'] | undefined {
  const seen = patches.filter(({ role }) => role === 'under-test').map(({ applied }) => applied);
  return bestFirst.findLast((applied) => seen.includes(applied));
}

function checkInRow({ name, verdict, reason, rows, time }: CheckResult): MatrixCheck {
  const refusedBy = (variant: 'before' | 'after'): string[] =>
    (rows ?? []).filter((row) => row[variant].outcome === 'refused').map(({ backing }) => backing);
  const usual = time?.rows[0];
  return {
    name,
    verdict,
    ...(reason !== undefined && { reason }),
    ...(rows && {
      refused: { before: refusedBy('before'), after: refusedBy('after'), asked: rows.length },
    }),
    ...(usual && {
      cost: { usual: usual.overlap ? null : usual.difference, dearest: time.cost ?? null },
    }),
  };
}
