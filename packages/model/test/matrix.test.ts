import { describe, expect, test } from 'vitest';
import {
  combineRows,
  isSettled,
  matrixExitCode,
  rowOutcomes,
  statusVerdict,
  whatChanged,
  type RowOutcome,
  type RowStatus,
} from '../src/index.ts';

const rowsOf = (outcomes: readonly RowOutcome[]) => outcomes.map((outcome) => ({ outcome }));
const exitCodeOf = (rows: Parameters<typeof combineRows>[0], interrupted?: number): number =>
  matrixExitCode(combineRows(rows), interrupted);

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
    expect(exitCodeOf(rowsOf(outcomes))).toBe(code);
    expect(exitCodeOf(rowsOf(outcomes.toReversed()))).toBe(code);
  });

  test('of one that was interrupted is that of the signal, whatever was seen before', () => {
    expect(exitCodeOf(rowsOf(['error', 'fail', 'stopped', 'waiting']), 130)).toBe(130);
    expect(exitCodeOf(rowsOf(['pass']), 143)).toBe(143);
  });

  test('is 0 for passes only', () => {
    for (const outcome of rowOutcomes.filter((each) => each !== 'pass')) {
      expect(exitCodeOf(rowsOf(['pass', outcome, 'pass']))).not.toBe(0);
    }
  });
});

describe('the reading of the sources', () => {
  const agreed: RowStatus = { compared: 6, disagreements: [] };
  const disagreement = {
    variant: 'before',
    backing: 'fsdax-ext4',
    source: 'pinned',
    boot: 'refused',
  } as const;

  test('fails a matrix that passes when a boot shows otherwise', () => {
    const status = { ...agreed, disagreements: [disagreement] };
    expect(statusVerdict(status)).toBe('fail');
    expect(exitCodeOf([{ outcome: 'pass', status: agreed }])).toBe(0);
    expect(exitCodeOf([{ outcome: 'pass' }, { outcome: 'pass', status }])).toBe(1);
    expect(exitCodeOf([{ outcome: 'rejected', status }])).toBe(1);
    expect(exitCodeOf([{ outcome: 'error', status }])).toBe(2);
  });

  test('is an error when it could not be done, and skipped where there was no boot', () => {
    const failed = { ...agreed, trouble: 'no such package' };
    expect(exitCodeOf([{ outcome: 'pass', status: failed }])).toBe(2);
    expect(statusVerdict({ ...agreed, compared: 0 })).toBe('skip');
    expect(exitCodeOf([{ outcome: 'rejected', status: { ...agreed, compared: 0 } }])).toBe(64);
  });
});

test('the outcome of a matrix is that of its worst row, and no rows are no pass', () => {
  expect(combineRows(rowsOf(['pass', 'rejected', 'fail']))).toBe('fail');
  expect(combineRows(rowsOf(['pass', 'stopped', 'error']))).toBe('stopped');
  expect(combineRows([])).toBe('error');
});

test('what the bench or an interruption spoilt is not settled', () => {
  const settled = rowOutcomes.filter((outcome) => isSettled({ outcome, applied: 'clean' }));
  expect(settled).toEqual(['pass', 'fail', 'invalid', 'rejected']);
});

test('what was rejected before the patch was held against it is not settled', () => {
  expect(isSettled({ outcome: 'rejected' })).toBe(false);
  expect(isSettled({ outcome: 'rejected', applied: 'does-not-apply' })).toBe(true);
});

describe('what a row rests on', () => {
  const asked = { bench: 'a', patches: 'b', options: 'c', base: 'd' };

  test('is the same only when all of it is', () => {
    expect(whatChanged(asked, { ...asked })).toBeUndefined();
    expect(whatChanged(asked, { ...asked, patches: 'x' })).toBe('the patch is another');
    expect(whatChanged(asked, { ...asked, options: 'x' })).toBe('the options are others');
    expect(whatChanged(asked, { ...asked, base: 'x' })).toBe('the base is another');
    expect(whatChanged(asked, { ...asked, bench: 'x' })).toBe(
      'the bench, its compiler or its QEMU is another',
    );
  });

  test('is never taken for the same when it was not recorded', () => {
    expect(whatChanged(undefined, asked)).toBe('it is not known what it rested on');
  });
});
