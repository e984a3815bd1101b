import { InterruptedError } from '@pinbench/host';
import { isSettled, type MatrixRow } from '@pinbench/model';
import { renderMatrix, renderMatrixJson, writeMatrixReports } from '@pinbench/report';
import { progressView } from '../progress/index.ts';
import { claimFolder } from '../run/claim-folder.ts';
import { shortPath } from '../run/request.ts';
import { writing } from '../run/run-to-reports.ts';
import { aside, noteTo, type Note } from './aside.ts';
import { frameMatrix } from './frame.ts';
import { identifyBases, type Identified } from './identify.ts';
import { readMatrixRequest, type MatrixOptions, type MatrixRequest } from './request.ts';
import { rowWithout } from './row.ts';
import { runRows } from './run-rows.ts';
import { readEarlier, takeOver } from './take-over.ts';

/**
 * Several bases, one after the other: a row for each, whatever came of it. The reports are written after each base, so
 * that a matrix which is stopped keeps what is done.
 * @returns the exit code of the worst row.
 * @throws RequestError before anything is run; what the signal gives when it is aborted.
 */
export async function matrixCommand(options: MatrixOptions, signal: AbortSignal): Promise<number> {
  const request = readMatrixRequest(options);
  await claimFolder(request.out);
  const view = progressView();
  try {
    const opened = await aside(signal, view.watch, (context) =>
      identifyBases(context, request.runs),
    );
    const rows = await firstRows(request, opened.bases, noteTo(view.watch));
    const frame = await frameMatrix(request, opened);
    const keep = async () => {
      const matrix = frame(rows, exitCodeOf(signal));
      await writing(request.out, () => writeMatrixReports(matrix, request.out));
      return matrix;
    };
    await runRows(opened.bases, rows, { signal, watch: view.watch, status: request.status, keep });
    if (signal.aborted) {
      if (rows.some(isSettled)) {
        await keep();
        noteTo(view.watch)(
          `${count(rows)} are done and kept in ${shortPath(request.out)}; --resume runs the rest`,
        );
      }
      signal.throwIfAborted();
    }
    const matrix = await keep();
    view.close();
    const folder = shortPath(request.out);
    process.stdout.write(
      request.json ? renderMatrixJson(matrix) : renderMatrix(matrix, { folder }),
    );
    return matrix.exitCode;
  } finally {
    view.close();
  }
}

/** The rows as they are before anything is run: taken over from an earlier matrix, or waiting. */
async function firstRows(
  { out, resume }: MatrixRequest,
  bases: readonly Identified[],
  note: Note,
): Promise<MatrixRow[]> {
  const earlier = await readEarlier(out);
  if (resume && earlier === undefined)
    note(`no earlier matrix in ${shortPath(out)}: starting anew`);
  if (!resume && earlier?.rows.some((row) => !isSettled(row)) === true) {
    note(
      `the matrix in ${shortPath(out)} is not finished (${count(earlier.rows)} are done): --resume would run only the rest; starting anew`,
    );
  }
  const rows: MatrixRow[] = [];
  for (const base of bases) {
    const taken = resume ? await takeOver(base, earlier) : undefined;
    if (taken && 'again' in taken) note(`${base.request.base} runs again: ${taken.again}`);
    rows.push(taken && 'row' in taken ? taken.row : waiting(base));
  }
  return rows;
}

const waiting = ({ request }: Identified): MatrixRow =>
  rowWithout('waiting', { base: request.base });

const count = (rows: readonly MatrixRow[]): string =>
  `${rows.filter(isSettled).length} of ${rows.length} bases`;

const exitCodeOf = ({ aborted, reason }: AbortSignal): number | undefined =>
  aborted && reason instanceof InterruptedError ? reason.exitCode : undefined;
