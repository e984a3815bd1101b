import type { Expectation } from './pins.ts';

/** An expectation in the words of the report. */
export const describeExpectation = (expected: Expectation): string =>
  expected.outcome === 'maps' ? 'mapped' : `refused ${expected.errno}`;
