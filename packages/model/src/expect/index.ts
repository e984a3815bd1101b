export * from './fork.ts';
export * from './layout-change.ts';
export * from './memory.ts';
export * from './pins.ts';
export { describeExpectation } from './words.ts';
