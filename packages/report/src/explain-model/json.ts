import { modelExplanationSchema, type ModelExplanation } from '@pinbench/model';
import { z } from 'zod';

/** What the model says; see schema/explain-model.schema.json. */
export const renderModelExplanationJson = (explanation: ModelExplanation): string =>
  `${JSON.stringify(explanation, null, 2)}\n`;

/** The JSON Schema (draft 2020-12) of what `renderModelExplanationJson` writes. */
export const modelExplanationJsonSchema = (): z.core.JSONSchema.BaseSchema =>
  z.toJSONSchema(modelExplanationSchema, { target: 'draft-2020-12' });
