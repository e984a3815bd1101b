import type { CheckResult } from '@pinbench/model';
import { expect, test } from 'vitest';
import { renderTerminal } from '../src/terminal.ts';
import { casesOf } from '../src/cases.ts';
import { results } from './fixtures.ts';

const command = 'npm run qemu:test -- conform --sequences 40 --seed 1';

/** What differed among others, and does not alone. */
const unconfirmed = (check: CheckResult): CheckResult => ({
  ...check,
  stories: check.stories?.map((story) => ({
    ...story,
    command,
    steps: story.steps.map(({ operation, expected }) => ({ operation, expected, differs: false })),
    shrunk: { from: 4, tried: 0, rounds: 0, least: false, confirmed: false },
  })),
});

const { differing } = results;
const result = { ...differing, checks: differing.checks.map(unconfirmed) };

test('what does not differ alone is told as operations only, with what runs all of them again', () => {
  const told = renderTerminal(result).replace(/\s+/g, ' ');
  expect(told.split('it may depend on what the guest did before')).toHaveLength(2);
  expect(told).toContain(`4 close again ${command}`);
  expect(told).not.toContain('not come to');
});

test('so it is in formats without layout', () => {
  const { notes } = casesOf(result).find(({ name }) => name === 'conformance')!;
  expect(notes.slice(-3)).toEqual(['3. truncate area=0 part=1', '4. close', `again: ${command}`]);
});

test('an operation that was not asked keeps its number, and says why', () => {
  const map = 'map area=1 at=0 first=0 count=1 prot=rw';
  const step = { operation: map, expected: '', differs: false, notAsked: 'area 1 is not mapped' };
  const steps = [step, { operation: 'close', expected: 'done', seen: 'done', differs: false }];
  const checks = differing.checks.map((check) => ({
    ...check,
    stories: [{ title: 'a.sequence, after', variant: 'after' as const, steps }],
  }));
  const told = renderTerminal({ ...differing, checks });
  expect(told).toContain(
    `     1  ${map}\n        not asked: area 1 is not mapped\n     2  close\n`,
  );
  const { notes } = casesOf({ ...differing, checks }).find(({ name }) => name === 'conformance')!;
  expect(notes).toContain(`1. ${map}: not asked: area 1 is not mapped`);
});
