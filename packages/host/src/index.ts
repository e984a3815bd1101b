export * from './cache.ts';
export * from './context.ts';
export * from './errors.ts';
export * from './file-hash.ts';
export * from './paths.ts';
export * from './run.ts';
export * from './scratch.ts';
export * from './room.ts';
