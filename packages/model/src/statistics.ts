import { max, mean, median, min, quantile, sampleWithReplacement } from 'simple-statistics';

export { mean, median };

/** Percent by which `test` is above `base`. */
export const differencePercent = (base: number, test: number): number =>
  ((test - base) / base) * 100;

/** (max - min) / median, in percent: how far the runs of one variant lie apart. */
export const spreadPercent = (values: readonly number[]): number =>
  ((max([...values]) - min([...values])) / median([...values])) * 100;

/**
 * Percent that the legs of one variant may lie apart in counted time, where they lie within 2% of each other as a
 * rule: beyond it they did not do the same work, and their mean is of nothing.
 */
const LEGS_APART = 20;

/** True when the legs of a variant differ so much that before and after cannot be compared. Sampled rows have an interval for that. */
export const legsDiffer = ({
  spread,
  interval,
}: {
  spread: number;
  interval?: [number, number] | undefined;
}): boolean => interval === undefined && spread > LEGS_APART;

/** True when the ranges of two samples touch: no difference was seen. */
export const rangesOverlap = (a: readonly number[], b: readonly number[]): boolean =>
  min([...a]) <= max([...b]) && min([...b]) <= max([...a]);

const RESAMPLES = 2000;

/**
 * 95% confidence interval of the difference between two medians, in percent: the percentile bootstrap
 * (Efron 1979), with a fixed seed so that one result is always judged alike.
 */
export function differenceInterval(
  base: readonly number[],
  test: readonly number[],
): [number, number] {
  const random = seededRandom(1);
  const draw = (values: readonly number[]): number =>
    median(sampleWithReplacement([...values], values.length, random));
  const differences = Array.from({ length: RESAMPLES }, () =>
    differencePercent(draw(base), draw(test)),
  );
  return [quantile(differences, 0.025), quantile(differences, 0.975)];
}

/** A linear congruential generator (the constants of POSIX.1's example rand()), good enough for resampling. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x80000000;
  };
}
