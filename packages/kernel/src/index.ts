export { resolveBase, type Base } from './base.ts';
export { buildModules, type Built } from './build.ts';
export { unpackImage } from './image.ts';
export { moduleClosure } from './modules.ts';
export { readPatches } from './patch.ts';
export { takeFolder } from './source.ts';
export { shippedPatches } from './shipped-patches.ts';
export { prepareTrees } from './trees.ts';
