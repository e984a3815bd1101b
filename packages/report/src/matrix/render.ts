import { matrixSchema, type Matrix } from '@pinbench/model';
import { z } from 'zod';
import { junitOf } from '../junit.ts';
import { ktapOf } from '../ktap.ts';
import { matrixCases } from './cases.ts';

/** The matrix itself; see schema/matrix.schema.json. */
export const renderMatrixJson = (matrix: Matrix): string => `${JSON.stringify(matrix, null, 2)}\n`;

/** The JSON Schema (draft 2020-12) of what `renderMatrixJson` writes. */
export const matrixJsonSchema = (): z.core.JSONSchema.BaseSchema =>
  z.toJSONSchema(matrixSchema, { target: 'draft-2020-12' });

/** A test for each base, with one for each of its checks nested in it. */
export const renderMatrixKtap = (matrix: Matrix): string => ktapOf(matrixCases(matrix));

/** A suite for each base, with a case for each of its checks. */
export const renderMatrixJUnit = (matrix: Matrix): string => junitOf(matrixCases(matrix), matrix);
