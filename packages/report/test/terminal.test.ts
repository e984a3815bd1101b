import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { renderTerminal } from '../src/index.ts';
import { broken, empty, failing, invalid, passing, results } from './fixtures.ts';

const lines = (text: string): string[] => text.trimEnd().split('\n');

describe('the report for a person', () => {
  test.each(Object.entries(results))('of a result that is %s', async (name, result) => {
    const text = renderTerminal(result, { color: false, folder: 'pinbench-out' });
    await expect(text).toMatchFileSnapshot(`fixtures/${name}.txt`);
  });

  test.each(Object.entries(results))('fits a screen when %s', (_name, result) => {
    for (const width of [40, 80, 100, 200]) {
      const report = lines(renderTerminal(result, { color: false, width }));
      const widest = Math.max(...report.map((line) => line.length));
      expect(widest).toBeLessThanOrEqual(100);
      expect(report.length).toBeLessThanOrEqual(60);
    }
  });

  test('begins and ends with the verdict', () => {
    for (const [result, verdict] of [
      [passing, 'PASS'],
      [failing, 'FAIL'],
      [invalid, 'INVALID'],
      [broken, 'ERROR'],
    ] as const) {
      const report = lines(renderTerminal(result, { color: false }));
      expect(report.at(0)).toMatch(new RegExp(`^${verdict} `));
      expect(report.at(-1)).toMatch(new RegExp(`^${verdict} `));
    }
  });

  test('never shows a pass that no check bears out', () => {
    expect(renderTerminal(empty, { color: false })).not.toContain('PASS');
  });

  test('says in colour what it says without', () => {
    const colored = renderTerminal(failing, { color: true });
    expect(colored).toContain('\u001b[31m');
    expect(lines(stripVTControlCharacters(colored)).map((line) => line.trimEnd())).toEqual(
      lines(renderTerminal(failing, { color: false })),
    );
  });

  test('lets no escape sequence of a patch or a console through', () => {
    const subject = 'vfio: \u001b]0;title\u0007quiet\u001b[2J';
    const patches = passing.patches.map((patch) => ({ ...patch, subject }));
    expect(renderTerminal({ ...broken, patches }, { color: false })).not.toMatch(/[\u001b\u0007]/);
  });
});

test('a row whose legs differ within a variant is not said to show no difference', () => {
  const checks = passing.checks.map((check) =>
    check.time
      ? {
          ...check,
          time: {
            ...check.time,
            rows: check.time.rows.map((row) => ({ ...row, spread: 127.5, overlap: true })),
          },
        }
      : check,
  );
  const report = renderTerminal({ ...passing, checks }, { color: false });
  expect(report).toMatch(/ legs differ +127\.50%/);
  expect(report).not.toContain('none seen');
});
