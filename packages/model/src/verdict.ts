/**
 * What the bench says of a check or of a whole run.
 * `invalid`: an assumption did not hold, so nothing was learnt. `error`: the bench or its surroundings failed.
 */
export const verdicts = ['pass', 'fail', 'skip', 'invalid', 'error'] as const;

export type Verdict = (typeof verdicts)[number];

const worstFirst: readonly Verdict[] = ['error', 'invalid', 'fail', 'pass'];

/**
 * One verdict for many. What could not be trusted outranks what was seen to fail, a failure outranks a pass.
 * Only skips, or nothing at all, is `invalid`: a run that asked no question is never green.
 */
export function combineVerdicts(parts: readonly Verdict[]): Verdict {
  return worstFirst.find((verdict) => parts.includes(verdict)) ?? 'invalid';
}

/** The process exit code that goes with a run's verdict (the design's table; 64 belongs to requests never run). */
export function exitCodeFor(verdict: Verdict): 0 | 1 | 2 {
  if (verdict === 'pass') return 0;
  return verdict === 'error' ? 2 : 1;
}
