export { resolveBase, type Base } from './base.ts';
export { unpackImage, type KernelImage } from './image.ts';
export { unpackHeaders, type KernelHeaders } from './headers.ts';
export { lines, lineOf, type ChainLink, type Line } from './lines.ts';
export { moduleClosure, type ModuleFile } from './modules.ts';
