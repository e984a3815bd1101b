import { mutantsSchema, type Mutants } from '@pinbench/model';
import { z } from 'zod';

/** The outcome itself; see schema/mutants.schema.json. */
export const renderMutantsJson = (mutants: Mutants): string =>
  `${JSON.stringify(mutants, null, 2)}\n`;

/** The JSON Schema (draft 2020-12) of what `renderMutantsJson` writes. */
export const mutantsJsonSchema = (): z.core.JSONSchema.BaseSchema =>
  z.toJSONSchema(mutantsSchema, { target: 'draft-2020-12' });
