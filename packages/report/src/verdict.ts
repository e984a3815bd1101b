import { combineVerdicts, type Result, type Verdict } from '@pinbench/model';

/**
 * The verdict of a run as every report shows it: a pass is only ever shown for a result whose checks bear it out, so
 * that one with no checks, or with a check that went wrong, reads as green in none of them.
 */
export const verdictOf = (result: Result): Verdict =>
  result.verdict === 'pass'
    ? combineVerdicts(result.checks.map((check) => check.verdict))
    : result.verdict;

/** The account that goes with that verdict. */
export const explanationOf = (result: Result): readonly string[] =>
  verdictOf(result) === result.verdict
    ? result.explanation
    : ['The result claims a pass that its checks do not bear out.'];

/** Where a check is not to be trusted, nothing in it is: its rows do not read as passes. */
export const partVerdict = (whole: Verdict, part: Verdict): Verdict =>
  part === 'pass' && (whole === 'invalid' || whole === 'error') ? whole : part;
