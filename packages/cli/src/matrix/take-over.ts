import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  isSettled,
  matrixSchema,
  resultSchema,
  whatChanged,
  type Matrix,
  type MatrixRow,
  type Result,
} from '@pinbench/model';
import type { Identified } from './identify.ts';

/** The matrix that an earlier run left in a folder; undefined where there is none that can be read. */
export async function readEarlier(out: string): Promise<Matrix | undefined> {
  const read = matrixSchema.safeParse(await readJson(path.join(out, 'matrix.json')));
  return read.data;
}

export type Taken = { row: MatrixRow } | { again: string };

/**
 * Whether a base's row can be taken from an earlier matrix, or why it runs again; undefined where there is none that
 * came to an end.
 */
export async function takeOver(
  { request, asked }: Identified,
  earlier: Matrix | undefined,
): Promise<Taken | undefined> {
  const row = earlier?.rows.find(({ base }) => base === request.base);
  if (row === undefined || !isSettled(row) || asked === undefined) return undefined;
  const changed = whatChanged(row.asked, asked);
  if (changed !== undefined) return { again: changed };
  if (!(await hasReports(row, request.out))) return { again: 'its reports are no longer there' };
  return { row: { ...row, takenOver: true } };
}

/** A row stands for the reports beside it: those of another run would contradict it. */
async function hasReports({ folder, startedAt }: MatrixRow, out: string): Promise<boolean> {
  if (folder === undefined) return true;
  const result = await readResult(out);
  return result?.startedAt === startedAt;
}

/** The result that a run left in a folder; undefined where there is none that can be read. */
export async function readResult(out: string): Promise<Result | undefined> {
  return resultSchema.safeParse(await readJson(path.join(out, 'result.json'))).data;
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}
