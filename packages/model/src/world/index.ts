export * from './eras.ts';
export * from './rules.ts';
export * from './shapes.ts';
export * from './state.ts';
export * from './operation.ts';
export { keptIn, pinnedIn } from './count.ts';
export { run, type Run } from './run.ts';
export {
  lockedOf,
  step,
  stepArea,
  wideArea,
  isFree,
  tidy,
  type Around,
  type Step,
} from './step.ts';
export { formatOperation, formatSequence, parseOperation, parseSequence } from './text.ts';
