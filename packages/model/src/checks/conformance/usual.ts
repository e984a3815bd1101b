import { backings } from '../../backing.ts';
import { atLeast } from '../../kernel-version.ts';
import type { Asked, Check } from '../check.ts';
import { conformance } from './index.ts';

/** What the model says of older kernels has been held against none of them by sequences. */
const OLDEST = [5, 10] as const;

/** The sequences of every run: a short burst, and always the same. */
export const usualBurst = { seed: 1, sequences: 40 } as const;

/** What they are asked as. */
export const usualConformance: Check = {
  ...conformance(usualBurst),
  skip: ({ backings: asked, kernel }: Asked): string | undefined => {
    if (backings.some((backing) => !asked.includes(backing))) {
      return 'it needs a --backing that was left out';
    }
    // Where no base is known yet, the version is 0.0.
    return kernel.major > 0 && !atLeast(kernel, ...OLDEST)
      ? `the model of kernels before ${OLDEST.join('.')} has not been held against them`
      : undefined;
  },
};
