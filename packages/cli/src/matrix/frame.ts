import { combineRows, matrixExitCode, type Matrix, type MatrixRow } from '@pinbench/model';
import { rerunCommand } from '../run/request.ts';
import { benchVersion } from '../version.ts';
import type { Opened } from './identify.ts';
import type { MatrixRequest } from './request.ts';

/** Begins a matrix: what is given back makes one of the rows as they stand at that moment. */
export async function frameMatrix(
  { runs, status }: MatrixRequest,
  { subject }: Pick<Opened, 'subject'>,
): Promise<(rows: readonly MatrixRow[], interrupted?: number) => Matrix> {
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const bench = await benchVersion();
  const command = rerunCommand(runs[0], {
    command: 'matrix',
    bases: runs.map(({ base }) => base),
    more: status ? ['--status'] : [],
  });
  return (rows, interrupted) => {
    const outcome = combineRows(rows);
    return {
      schema: 1,
      bench,
      command,
      startedAt,
      elapsedMs: Math.round(performance.now() - started),
      ...(subject !== undefined && { subject }),
      outcome,
      exitCode: matrixExitCode(outcome, interrupted),
      rows: [...rows],
    };
  };
}
