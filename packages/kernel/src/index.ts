export { resolveBase, type Base } from './base.ts';
export { buildModules, type Built } from './build.ts';
export type { BuiltModule } from './built-module.ts';
export { unpackHeaders, type KernelHeaders } from './headers.ts';
export { unpackImage, type KernelImage } from './image.ts';
export { lines, lineOf, type ChainLink, type Line } from './lines.ts';
export { moduleClosure, type ModuleFile } from './modules.ts';
export { readPatches, type Patch } from './patch.ts';
export { prepareTrees, type Tree, type Trees } from './trees.ts';
