export { isTreeSpec } from './locate.ts';
export { resolveTreeBase, type TreeBase } from './tree-base.ts';
