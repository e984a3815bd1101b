export { isTreeSpec, resolveTreeBase, type TreeBase } from './tree-base.ts';
export type { Snapshot } from './snapshot.ts';
