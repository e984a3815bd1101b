import type { MatrixRow, RowStatus } from '@pinbench/model';
import type { Watcher } from '../progress/index.ts';
import { aside, noteTo } from './aside.ts';
import type { Identified } from './identify.ts';
import { runRow } from './run-row.ts';
import { statusOfRow } from './status-of-row.ts';

type Run = {
  signal: AbortSignal;
  watch: Watcher;
  status: boolean;
  keep: () => Promise<unknown>;
};

/** Runs, in place, every row that waits; what it is stopped in is marked as such. */
export async function runRows(
  bases: readonly Identified[],
  rows: MatrixRow[],
  run: Run,
): Promise<void> {
  const note = noteTo(run.watch);
  for (const [index, base] of bases.entries()) {
    if (run.signal.aborted) return;
    const where = `base ${index + 1} of ${bases.length}: ${base.request.base}`;
    const earlier = rows[index];
    const taken = earlier !== undefined && earlier.outcome !== 'waiting';
    note(taken ? `${where}: taken over` : where);
    const row = taken ? earlier : await runRow(base, run.signal, run.watch);
    rows[index] = row;
    if (row.outcome === 'stopped') return;
    if (!taken) note(`${where}: ${row.outcome}`);
    if (run.status) {
      const status = await statusBeside(base, row, run);
      if (status === undefined) return;
      rows[index] = { ...row, status };
    }
    await run.keep();
  }
}

/** Undefined when it was stopped: the row stands without it. */
async function statusBeside(
  base: Identified,
  row: MatrixRow,
  { signal, watch }: Run,
): Promise<RowStatus | undefined> {
  try {
    return await aside(signal, watch, (context) =>
      context.progress.stage(`status of ${base.request.base}`, () =>
        statusOfRow(context, base, row),
      ),
    );
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
