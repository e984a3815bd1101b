import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { MatrixRow } from '@pinbench/model';
import { reportNames } from '@pinbench/report';
import type { Watcher } from '../progress/index.ts';
import { claimFolder } from '../run/claim-folder.ts';
import { runToReports } from '../run/run-to-reports.ts';
import type { Identified } from './identify.ts';
import { rowOfError, rowOfResult, rowWithout } from './row.ts';

/** Runs one base of a matrix. Whatever comes of it is a row. */
export async function runRow(
  base: Identified,
  signal: AbortSignal,
  watch: Watcher,
): Promise<MatrixRow> {
  const startedAt = new Date().toISOString();
  const started = performance.now();
  const { request } = base;
  let { release, asked } = base;
  const frame = () => ({
    base: request.base,
    ...(release !== undefined && { release }),
    ...(asked && { asked }),
    startedAt,
    elapsedMs: Math.round(performance.now() - started),
  });
  try {
    await claimFolder(request.out);
    await removeReports(request.out);
    const { result } = await runToReports(request, signal, watch, (met) => {
      release = met.release;
      asked = base.groundOf(met);
    });
    return rowOfResult(result, frame(), path.basename(request.out));
  } catch (error) {
    return signal.aborted ? rowWithout('stopped', frame()) : rowOfError(error, frame());
  }
}

/** A row that comes to no result must not stand beside the reports of another run. */
const removeReports = (folder: string): Promise<unknown> =>
  Promise.all(reportNames.map((name) => rm(path.join(folder, name), { force: true })));
