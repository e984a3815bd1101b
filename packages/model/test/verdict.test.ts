import { expect, test } from 'vitest';
import { combineVerdicts, exitCodeFor } from '../src/index.ts';

test('what could not be trusted outranks what failed, and a failure outranks a pass', () => {
  expect(combineVerdicts(['pass', 'skip'])).toBe('pass');
  expect(combineVerdicts(['pass', 'fail'])).toBe('fail');
  expect(combineVerdicts(['fail', 'invalid'])).toBe('invalid');
  expect(combineVerdicts(['invalid', 'error'])).toBe('error');
});

test('nothing asked is nothing learnt', () => {
  expect(combineVerdicts([])).toBe('invalid');
  expect(combineVerdicts(['skip'])).toBe('invalid');
});

test('exit codes follow the design', () => {
  expect([
    exitCodeFor('pass'),
    exitCodeFor('fail'),
    exitCodeFor('invalid'),
    exitCodeFor('error'),
  ]).toEqual([0, 1, 1, 2]);
});
