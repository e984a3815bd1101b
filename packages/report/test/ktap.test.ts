import { describe, expect, test } from 'vitest';
import { renderKtap } from '../src/index.ts';
import { broken, empty, failing, invalid, passing, results, skipping } from './fixtures.ts';
import { readKtap, type KtapTest } from './ktap-reader.ts';

const find = (tests: readonly KtapTest[], ...path: string[]): KtapTest | undefined => {
  const [name, ...rest] = path;
  const found = tests.find((each) => each.name === name);
  return rest.length === 0 ? found : found && find(found.parts, ...rest);
};

describe('KTAP', () => {
  test.each(Object.entries(results))('of a result that is %s', async (name, result) => {
    await expect(renderKtap(result)).toMatchFileSnapshot(`fixtures/${name}.ktap`);
  });

  test.each(Object.entries(results))('keeps the rules when %s', (_name, result) => {
    expect(() => readKtap(renderKtap(result))).not.toThrow();
  });

  test('nests a subtest per backing under its check, and ends with the verdict', () => {
    const tests = readKtap(renderKtap(passing));
    expect(tests.map((each) => each.name)).toEqual([
      'assumptions',
      'pin-refusal',
      'map-unmap-time',
      'verdict',
    ]);
    expect(find(tests, 'pin-refusal', 'fsdax-ext4')?.ok).toBe(true);
    expect(find(tests, 'verdict')?.ok).toBe(true);
  });

  test('a failure is "not ok" at every level above it', () => {
    const tests = readKtap(renderKtap(failing));
    expect(find(tests, 'pin-refusal', 'anon')?.ok).toBe(true);
    expect(find(tests, 'pin-refusal', 'fsdax-ext4')?.ok).toBe(false);
    expect(find(tests, 'pin-refusal')?.ok).toBe(false);
    expect(find(tests, 'verdict')?.ok).toBe(false);
  });

  test('a check that failed as a whole does so in one of its own subtests too', () => {
    const check = { ...passing.checks[0]!, verdict: 'fail' as const, reason: 'as a whole' };
    const tests = readKtap(renderKtap({ ...failing, checks: [check] }));
    expect(find(tests, 'pin-refusal', 'verdict')).toMatchObject({ ok: false, data: 'as a whole' });
  });

  test('what is invalid or an error is never "ok", nor is anything in it', () => {
    const tests = readKtap(renderKtap(invalid));
    for (const path of [['assumptions'], ['pin-refusal'], ['pin-refusal', 'anon'], ['verdict']]) {
      expect(find(tests, ...path)).toMatchObject({ ok: false, directive: 'ERROR' });
    }
    expect(readKtap(renderKtap(broken))).toMatchObject([
      { name: 'verdict', ok: false, directive: 'ERROR' },
    ]);
  });

  test('a result without checks is not ok', () => {
    expect(find(readKtap(renderKtap(empty)), 'verdict')?.ok).toBe(false);
  });

  test('a skip is named with its reason and does not fail the run', () => {
    const tests = readKtap(renderKtap(skipping));
    expect(find(tests, 'map-unmap-time')).toMatchObject({
      directive: 'SKIP',
      data: 'switched off with --time off',
    });
    expect(find(tests, 'verdict')?.ok).toBe(true);
  });

  test('a hash sign in a name or a line break in a reason cannot forge a result', () => {
    const [check] = failing.checks;
    const forged = { ...check!, name: 'x # SKIP', reason: 'a\nok 2 pin-refusal' };
    const tests = readKtap(renderKtap({ ...failing, checks: [forged] }));
    expect(tests.at(-2)).toMatchObject({ ok: false, directive: undefined });
  });
});
