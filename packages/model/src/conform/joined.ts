import { SLOTS } from './layout.ts';
import type { Sequence } from './walk.ts';

/**
 * Sequences as one, with all taken back between them: for what goes wrong only because of what was done before. What
 * there is nothing to do to falls out as the model goes through it.
 */
export const joined = (sequences: readonly Sequence[]): Sequence =>
  sequences.flatMap((sequence, index): Sequence =>
    index === 0 ? sequence : [...between, ...sequence],
  );

const between: Sequence = [
  { op: 'exit' },
  { op: 'close' },
  { op: 'open' },
  ...Array.from({ length: SLOTS }, (_, area) => ({ op: 'munmap' as const, area })),
];
