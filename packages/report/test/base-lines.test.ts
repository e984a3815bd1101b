import type { TreeInResult } from '@pinbench/model';
import { expect, test } from 'vitest';
import { renderTerminal } from '../src/index.ts';
import { twoKernels } from './fixtures.ts';

/** What the report says below the base, one thing a line. */
function said(tree: TreeInResult): string[] {
  const base = { ...twoKernels.base!, tree };
  const lines = renderTerminal({ ...twoKernels, base }, { color: false }).split('\n');
  const first = lines.findIndex((line) => line.startsWith('  base '));
  const next = lines.findIndex((line) => line.startsWith('  before '));
  return lines.slice(first + 1, next).map((line) => line.trim());
}

test('of a git tree it is said what was left out or taken along', () => {
  const tree = twoKernels.base!.tree!;
  expect(said(tree)).toEqual([
    '"Linux 4.15"',
    '3 uncommitted files left out (--dirty takes them along)',
  ]);
  expect(said({ ...tree, uncommitted: 1, dirty: true })).toEqual([
    '"Linux 4.15"',
    'with 1 uncommitted file',
  ]);
  expect(said({ ...tree, uncommitted: 0, dirty: true })).toEqual(['"Linux 4.15"']);
});

test('of a folder it is said what a build had left there', () => {
  const tree = {
    kind: 'folder' as const,
    path: '/home/reviewer/linux',
    dirty: false,
    leftOut: 120,
  };
  expect(said(tree)).toEqual(['120 files of an earlier build left out']);
  expect(said({ ...tree, leftOut: 0 })).toEqual([]);
});

test('a base that no patch makes the before is said to be it', () => {
  const patches = twoKernels.patches.filter(({ role }) => role === 'under-test');
  const report = renderTerminal({ ...twoKernels, patches }, { color: false });
  expect(report).toMatch(/^ {2}before +the base as it is$/m);
  expect(renderTerminal(twoKernels, { color: false })).not.toContain('the base as it is');
});
