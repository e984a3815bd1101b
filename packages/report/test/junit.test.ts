import { describe, expect, test } from 'vitest';
import { convert } from 'xmlbuilder2';
import { renderJUnit } from '../src/index.ts';
import { broken, empty, failing, invalid, passing, results, skipping } from './fixtures.ts';
import type { Result } from '@pinbench/model';

type Node = Record<string, unknown>;
type Suites = { testsuites: Node & { testsuite: Node[] | Node } };

const list = (value: unknown): Node[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as Node[]) : [value as Node];

/** Parsed back: the counts of the whole, and of each test case the element it holds. */
function read(result: Result): { counts: Record<string, number>; cases: Map<string, string> } {
  const { testsuites } = convert(renderJUnit(result), { format: 'object' }) as Suites;
  const cases = list(testsuites.testsuite)
    .flatMap((suite) => list(suite['testcase']))
    .map((each) => {
      const kind = ['failure', 'error', 'skipped'].find((element) => element in each);
      return [`${String(each['@classname'])} ${String(each['@name'])}`, kind ?? 'passed'] as const;
    });
  expect(new Set(cases.map(([name]) => name)).size).toBe(cases.length);
  const number = (name: string): number => Number(testsuites[`@${name}`]);
  const counts = Object.fromEntries(
    ['tests', 'failures', 'errors', 'skipped'].map((name) => [name, number(name)]),
  );
  return { counts, cases: new Map(cases) };
}

describe('JUnit', () => {
  test.each(Object.entries(results))('of a result that is %s', async (name, result) => {
    await expect(renderJUnit(result)).toMatchFileSnapshot(`fixtures/${name}.xml`);
  });

  test.each(Object.entries(results))('counts what it holds when %s', (_name, result) => {
    const { counts, cases } = read(result);
    const amount = (kind: string): number => [...cases.values()].filter((k) => k === kind).length;
    expect(counts).toEqual({
      tests: cases.size,
      failures: amount('failure'),
      errors: amount('error'),
      skipped: amount('skipped'),
    });
  });

  test('a pass has neither failures nor errors', () => {
    expect(read(passing).counts).toMatchObject({ failures: 0, errors: 0, skipped: 0 });
  });

  test('a failed check is a failure', () => {
    const { cases } = read(failing);
    expect(cases.get('pinbench.pin-refusal fsdax-ext4')).toBe('failure');
    expect(cases.get('pinbench.pin-refusal anon')).toBe('passed');
    expect(cases.get('pinbench.map-unmap-time map-unmap-time')).toBe('failure');
  });

  test('invalid and error are errors, as is a pass without checks', () => {
    for (const result of [invalid, broken, empty]) {
      expect(read(result).cases.get('pinbench.verdict verdict')).toBe('error');
    }
    expect(read(invalid).cases.get('pinbench.pin-refusal anon')).toBe('error');
  });

  test('a skip is a skip', () => {
    expect(read(skipping).cases.get('pinbench.map-unmap-time map-unmap-time')).toBe('skipped');
  });

  test('console lines that XML cannot hold are made harmless', () => {
    const console = ['\u0000\u001b[31mred\u001b[0m <b>&]]> \ufffe \ud800'];
    const xml = renderJUnit({ ...broken, console });
    expect(xml).not.toMatch(/[\u0000\u001b\ufffe]/);
    expect(() => read({ ...broken, console })).not.toThrow();
  });
});
