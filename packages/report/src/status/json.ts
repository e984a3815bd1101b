import { statusResultSchema, type StatusResult } from '@pinbench/model';
import { z } from 'zod';

/** The status itself; see schema/status.schema.json. */
export const renderStatusJson = (status: StatusResult): string =>
  `${JSON.stringify(status, null, 2)}\n`;

/** The JSON Schema (draft 2020-12) of what `renderStatusJson` writes. */
export const statusJsonSchema = (): z.core.JSONSchema.BaseSchema =>
  z.toJSONSchema(statusResultSchema, { target: 'draft-2020-12' });
