export { seesAfterFork } from './fork.ts';
export {
  expectFate,
  isWholeFile,
  punchWaits,
  waitsAfterUnmap,
  type Fate,
} from './layout-change.ts';
export { partsOf, type MappedAs } from './memory.ts';
export {
  expectMap,
  expectRange,
  expectWithHole,
  keptPins,
  type Expectation,
  type Memory,
  type Pinner,
} from './pins.ts';
export { describeExpectation } from './words.ts';
