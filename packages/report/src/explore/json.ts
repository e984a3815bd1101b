import { explorationResultSchema, type ExplorationResult } from '@pinbench/model';
import { z } from 'zod';

/** What was explored; see schema/explore.schema.json. */
export const renderExplorationJson = (result: ExplorationResult): string =>
  `${JSON.stringify(result, null, 2)}\n`;

/** The JSON Schema (draft 2020-12) of what `renderExplorationJson` writes. */
export const explorationJsonSchema = (): z.core.JSONSchema.BaseSchema =>
  z.toJSONSchema(explorationResultSchema, { target: 'draft-2020-12' });
