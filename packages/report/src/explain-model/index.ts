export { modelExplanationJsonSchema, renderModelExplanationJson } from './json.ts';
export { renderModelExplanation } from './terminal.ts';
