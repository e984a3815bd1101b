import { expect, test } from 'vitest';
import { withFlags } from '../../src/whole/module-maker.ts';

test('flags go to those that make is given', () => {
  expect(withFlags(['ARCH=x86_64', 'KCFLAGS=-w', 'LD=ld'], '-g0')).toEqual([
    'ARCH=x86_64',
    'LD=ld',
    'KCFLAGS=-w -g0',
  ]);
});

test('or are the first', () => {
  expect(withFlags(['ARCH=x86_64'], '-g0')).toEqual(['ARCH=x86_64', 'KCFLAGS=-g0']);
});
