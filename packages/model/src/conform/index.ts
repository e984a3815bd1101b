export { compareSequence, describeResult, type Compared, type Difference } from './compare.ts';
export { reasonNotToAsk } from './guards.ts';
export { arbitrarySequence, LONGEST, sequencesOf, type SequenceOptions } from './generate.ts';
export { ENTRY_LIMIT, SLOTS } from './layout.ts';
export type { SequenceNames } from './names.ts';
export { planSequence } from './plan-sequence.ts';
export { walk, type NotAsked, type Sequence, type Walk, type Walked } from './walk.ts';
export { findingsOf, likenessOf, type Finding } from './likeness.ts';
export { shrink, type Answer, type Ask, type Shrinking } from './shrink.ts';
