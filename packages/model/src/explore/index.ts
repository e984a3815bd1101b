export { shapes as exploredShapes } from './alphabet.ts';
export { differencesOf } from './differences.ts';
export { balanceOf, explore, storyOf, type NamedDesign } from './explore.ts';
export { findings, type FindingKind, type FindingName } from './findings.ts';
export * from './result.ts';
export { sayShape } from './story.ts';
export { toItsEnd } from './to-its-end.ts';
export { MOST_SLOTS, type Extent } from './walk.ts';
