import { expect, test } from 'vitest';
import { parseEnvironment } from '../src/kbuild-record.ts';

const recorded = [
  'KBUILD_CFLAGS=-O2 -DA="x y"',
  'MAKEFLAGS=rR -I/h --no-print-directory -- obj=/m M=/m CC=gcc',
  'MAKELEVEL=2',
  'obj=/m',
  'KBUILD_EXTMOD=/m',
  'EMPTY=',
  'PATH=/home/me/node_modules/.bin:/usr/bin',
].join('\0');

test('what kbuild hands down is kept, what belongs to one run of make or to a shell is not', () => {
  expect(parseEnvironment(recorded)).toEqual({
    KBUILD_CFLAGS: '-O2 -DA="x y"',
    MAKEFLAGS: 'rR -I/h --no-print-directory',
    KBUILD_EXTMOD: '/m',
    EMPTY: '',
  });
});
