import type { Matrix } from '@pinbench/model';
import { writeFiles } from '../write.ts';
import { renderMatrixJson, renderMatrixJUnit, renderMatrixKtap } from './render.ts';
import { renderMatrix } from './terminal.ts';

/**
 * Writes every report of a matrix into `folder`, which is made if need be. Each file appears whole or not at all, the
 * one that a later matrix is resumed from last.
 */
export async function writeMatrixReports(matrix: Matrix, folder: string): Promise<void> {
  await writeFiles(folder, {
    'matrix.txt': renderMatrix(matrix, { color: false }),
    'matrix.ktap': renderMatrixKtap(matrix),
    'matrix.xml': renderMatrixJUnit(matrix),
  });
  await writeFiles(folder, { 'matrix.json': renderMatrixJson(matrix) });
}
