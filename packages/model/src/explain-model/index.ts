export { modelledVersions } from './behind.ts';
export { explainMemory, type KnownDesign } from './explain-memory.ts';
export type { AskedMemory } from './questions.ts';
export {
  modelExplanationSchema,
  type BehindCommit,
  type ExplainedMemory,
  type ModelExplanation,
} from './result.ts';
