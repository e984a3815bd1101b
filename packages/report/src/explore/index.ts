export { explorationJsonSchema, renderExplorationJson } from './json.ts';
export { renderExploration } from './terminal.ts';
