import { describe, expect, test } from 'vitest';
import {
  combineOutcomes,
  isSettled,
  matrixExitCode,
  rowOutcomes,
  whatChanged,
  type RowOutcome,
} from '../src/index.ts';

describe('the exit code of a matrix', () => {
  test.each<[number, RowOutcome[]]>([
    [0, ['pass', 'pass']],
    [1, ['pass', 'fail']],
    [1, ['invalid', 'pass']],
    [2, ['fail', 'error', 'invalid', 'rejected', 'pass']],
    [64, ['rejected', 'rejected']],
    [64, ['pass', 'rejected']],
    [1, ['rejected', 'fail']],
    [2, ['rejected', 'error']],
    [2, []],
  ])('is %i for %j', (code, outcomes) => {
    expect(matrixExitCode(outcomes)).toBe(code);
    expect(matrixExitCode(outcomes.toReversed())).toBe(code);
  });

  test('of one that was interrupted is that of the signal, whatever was seen before', () => {
    expect(matrixExitCode(['error', 'fail', 'stopped', 'waiting'], 130)).toBe(130);
    expect(matrixExitCode(['pass'], 143)).toBe(143);
  });

  test('is 0 for passes only', () => {
    for (const outcome of rowOutcomes.filter((each) => each !== 'pass')) {
      expect(matrixExitCode(['pass', outcome, 'pass'])).not.toBe(0);
    }
  });
});

test('the outcome of a matrix is that of its worst row, and no rows are no pass', () => {
  expect(combineOutcomes(['pass', 'rejected', 'fail'])).toBe('fail');
  expect(combineOutcomes(['pass', 'stopped', 'error'])).toBe('stopped');
  expect(combineOutcomes([])).toBe('error');
});

test('what the bench or an interruption spoilt is not settled', () => {
  const settled = rowOutcomes.filter((outcome) =>
    isSettled({ base: 'debian:6.1', outcome, checks: [], explanation: [], takenOver: false }),
  );
  expect(settled).toEqual(['pass', 'fail', 'invalid', 'rejected']);
});

describe('what a row rests on', () => {
  const asked = { bench: 'a', patches: 'b', options: 'c', base: 'd' };

  test('is the same only when all of it is', () => {
    expect(whatChanged(asked, { ...asked })).toBeUndefined();
    expect(whatChanged(asked, { ...asked, patches: 'x' })).toBe('the patch is another');
    expect(whatChanged(asked, { ...asked, options: 'x' })).toBe('the options are others');
    expect(whatChanged(asked, { ...asked, base: 'x' })).toBe('the base is another');
    expect(whatChanged(asked, { ...asked, bench: 'x' })).toBe('the bench is another');
  });

  test('is never taken for the same when it was not recorded', () => {
    expect(whatChanged(undefined, asked)).toBe('it is not known what it rested on');
  });
});
