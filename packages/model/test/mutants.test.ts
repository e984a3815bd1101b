import { describe, expect, test } from 'vitest';
import {
  accusations,
  judgeControl,
  judgeMutant,
  mutantsExitCode,
  outcomeOfMutants,
  parseCatalogue,
  type CheckResult,
  type Mutant,
  type Verdict,
} from '../src/index.ts';

const check = (name: string, verdict: Verdict, reason?: string): CheckResult => ({
  ...{ name, title: name, verdict, notes: [] },
  ...(reason !== undefined && { reason }),
});

const mutant: Mutant = {
  id: 'wrong-errno',
  title: 'with the wrong error',
  mistake: 'Refuses with EFAULT.',
  check: 'pin-refusal',
  reason: /^after: fsdax-ext4 was refused with EFAULT/,
};

const caught = check('pin-refusal', 'fail', 'after: fsdax-ext4 was refused with EFAULT from map');
const passing = check('unwind', 'pass');

describe('a mutant', () => {
  test('is caught by the check named for it, for the reason named', () => {
    const row = judgeMutant(mutant, { verdict: 'fail', checks: [caught, passing] });
    expect(row).toMatchObject({
      outcome: 'caught',
      by: { check: 'pin-refusal', reason: caught.reason },
    });
    expect(row.checks).toEqual([
      { name: 'pin-refusal', verdict: 'fail', reason: caught.reason },
      { name: 'unwind', verdict: 'pass' },
    ]);
  });

  test('may be caught by a row that is not the first to fail', () => {
    const reason = 'after: anon was refused with ENOMEM';
    const cell = { saw: '-', expected: '-', why: 'it has to', verdict: 'pass' as const };
    const detail = 'was refused with EFAULT, where it has to be EOPNOTSUPP';
    const row = {
      name: 'fsdax-ext4',
      before: cell,
      after: { ...cell, verdict: 'fail' as const, detail },
      verdict: 'fail' as const,
    };
    const several = { ...check('pin-refusal', 'fail', reason), cases: [row] };
    expect(judgeMutant(mutant, { verdict: 'fail', checks: [several] })).toMatchObject({
      outcome: 'caught',
      by: { reason: `after: fsdax-ext4 ${detail}` },
    });
  });

  test('is not caught for another reason, nor by another check', () => {
    const otherwise = check('pin-refusal', 'fail', 'after: anon left something behind');
    expect(judgeMutant(mutant, { verdict: 'fail', checks: [otherwise] }).outcome).toBe(
      'caught-otherwise',
    );
    const elsewhere = [check('pin-refusal', 'pass'), check('unwind', 'fail', caught.reason)];
    expect(judgeMutant(mutant, { verdict: 'fail', checks: elsewhere })).toMatchObject({
      outcome: 'caught-otherwise',
      by: { check: 'unwind' },
    });
  });

  test('is missed when every check passes, and unclear when nobody can tell', () => {
    const missed = judgeMutant(mutant, { verdict: 'pass', checks: [passing] });
    expect(missed.outcome).toBe('missed');
    expect(missed.by).toBeUndefined();
    const invalid = check('pin-refusal', 'invalid', caught.reason);
    expect(judgeMutant(mutant, { verdict: 'invalid', checks: [invalid] }).outcome).toBe('unclear');
    const broken = check('pin-refusal', 'error', 'QEMU died');
    expect(judgeMutant(mutant, { verdict: 'error', checks: [broken] }).outcome).toBe('error');
  });
});

test('only a check that fails accuses, of each thing once', () => {
  const row = {
    backing: 'anon' as const,
    before: { outcome: 'maps' as const, expected: 'mapped', verdict: 'pass' as const },
    after: {
      outcome: 'refused' as const,
      expected: 'mapped',
      verdict: 'fail' as const,
      detail: 'x',
    },
    verdict: 'fail' as const,
  };
  const failed = { ...check('pin-refusal', 'fail', 'after: anon x'), rows: [row] };
  expect(accusations(failed)).toEqual(['after: anon x']);
  expect(accusations({ ...failed, verdict: 'invalid' })).toEqual([]);
});

test('a right patch is clean only where the whole run passes', () => {
  const control = { id: 'as-shipped', title: 'the right one' };
  expect(judgeControl(control, { verdict: 'pass', checks: [passing] }).outcome).toBe('clean');
  expect(judgeControl(control, { verdict: 'fail', checks: [passing, caught] })).toMatchObject({
    outcome: 'accused',
    by: { check: 'pin-refusal' },
  });
  expect(judgeControl(control, { verdict: 'invalid', checks: [passing] }).outcome).toBe('unclear');
  expect(judgeControl(control, { verdict: 'error', checks: [] }).outcome).toBe('error');
});

test('all together pass only when every mutant is caught and every control clean', () => {
  const row = judgeMutant(mutant, { verdict: 'fail', checks: [caught] });
  const control = judgeControl({ id: 'c', title: 'c' }, { verdict: 'pass', checks: [passing] });
  const of = (mutants: (typeof row)[], controls = [control]) =>
    outcomeOfMutants({ mutants, controls });
  expect(of([row])).toBe('pass');
  expect(of([])).toBe('fail');
  expect(of([row], [])).toBe('fail');
  expect(of([row, { ...row, outcome: 'caught-otherwise' }])).toBe('fail');
  expect(of([row], [{ ...control, outcome: 'accused' }])).toBe('fail');
  expect(of([row, { ...row, outcome: 'error' }])).toBe('error');
  expect((['pass', 'fail', 'error'] as const).map(mutantsExitCode)).toEqual([0, 1, 2]);
});

describe('a catalogue', () => {
  const entry = { ...mutant, reason: mutant.reason.source };
  const control = { id: 'as-shipped', title: 'the right one', shipped: true };
  const read = (value: object) => parseCatalogue(JSON.stringify(value));

  test('is read, with reasons as patterns', () => {
    expect(read({ controls: [control], mutants: [entry] })).toEqual({
      controls: [control],
      mutants: [mutant],
    });
  });

  test('is refused where an id stands twice, a control is missing or a mistake is not a sentence', () => {
    expect(() => read({ controls: [control], mutants: [entry, entry] })).toThrow('twice');
    expect(() => read({ controls: [], mutants: [entry] })).toThrow();
    const words = { ...entry, mistake: 'wrong errno' };
    expect(() => read({ controls: [control], mutants: [words] })).toThrow();
  });
});
