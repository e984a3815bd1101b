import { expect, test } from 'vitest';
import {
  differenceInterval,
  differencePercent,
  rangesOverlap,
  spreadPercent,
} from '../src/statistics.ts';

test('difference and spread are percentages', () => {
  expect(differencePercent(200, 203)).toBeCloseTo(1.5);
  expect(spreadPercent([100, 110, 90])).toBeCloseTo(20);
  expect(spreadPercent([7, 7])).toBe(0);
});

test('ranges that touch overlap', () => {
  expect(rangesOverlap([1, 3], [3, 4])).toBe(true);
  expect(rangesOverlap([1, 2], [3, 4])).toBe(false);
});

test('the interval holds the true difference, and is the same every time', () => {
  const base = [100, 101, 99, 100, 102, 98];
  const test = base.map((value) => value * 1.1);
  const [low, high] = differenceInterval(base, test);
  expect(low).toBeLessThan(10);
  expect(high).toBeGreaterThan(10);
  expect(differenceInterval(base, test)).toEqual([low, high]);
});
