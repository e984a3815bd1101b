import { BenchError, RequestError, type Context } from '@pinbench/host';
import { readStatus, readVariants, resolveBase } from '@pinbench/kernel';
import { compareWithBoot, type MatrixRow, type RowStatus } from '@pinbench/model';
import { choosePatches } from '../run/choose-patches.ts';
import { baseOptions } from '../run/request.ts';
import type { Identified } from './identify.ts';
import { readResult } from './take-over.ts';

/**
 * What reading the sources of a row's base, before and after says, held against what its boot proved. That they could
 * not be read is said in the row.
 */
export async function statusOfRow(
  context: Context,
  base: Identified,
  row: MatrixRow,
): Promise<RowStatus> {
  try {
    return await readAndCompare(context, base, row);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof BenchError || error instanceof RequestError)) throw error;
    return { compared: 0, disagreements: [], trouble: error.message };
  }
}

async function readAndCompare(
  context: Context,
  { request, groundOf }: Identified,
  { folder, asked }: MatrixRow,
): Promise<RowStatus> {
  const base = await resolveBase(context, request.base, baseOptions(request));
  if (asked !== undefined && groundOf(base).base !== asked.base)
    throw new RequestError(`${request.base} changed since its turn, and was not read for it`);
  const result = folder === undefined ? undefined : await readResult(request.out);
  if (result === undefined) {
    const report = await readStatus(context, base);
    return { base: report, compared: 0, disagreements: [], why: 'there was no boot' };
  }
  const patches = await choosePatches(context, request, base);
  const read = await readVariants(context, base, patches);
  return { ...read, ...compareWithBoot(read, result) };
}
