import { isUnderstood, type StatusReport } from '@pinbench/model';

/**
 * A status is information: where a base stands is no failure. What could not be had counts for most (2), then a wrong
 * request (64), then what was not understood (1).
 */
export function exitCodeOf(reports: readonly StatusReport[], failures: readonly number[]): number {
  const [worst] = [2, 64].filter((code) => failures.includes(code));
  return worst ?? (reports.every(isUnderstood) ? 0 : 1);
}
