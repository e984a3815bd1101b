import { resultSchema, type Result } from '@pinbench/model';
import { z } from 'zod';

/** The result itself; see schema/result.schema.json. */
export const renderJson = (result: Result): string => `${JSON.stringify(result, null, 2)}\n`;

/** The JSON Schema (draft 2020-12) of what `renderJson` writes. */
export const resultJsonSchema = (): z.core.JSONSchema.BaseSchema =>
  z.toJSONSchema(resultSchema, { target: 'draft-2020-12' });
