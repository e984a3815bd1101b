import { expect, test } from 'vitest';
import { parseConfig } from '../src/kbuild.ts';
import { compareCompilers } from '../src/toolchain.ts';

const config = parseConfig('CONFIG_GCC_VERSION=120200\n');

test('the same major version is as good as the same compiler', () => {
  expect(compareCompilers('gcc-12 (Debian 12.2.0-14+deb12u1) 12.3.0', config)).toBeUndefined();
});

test('another one is said', () => {
  expect(compareCompilers('gcc (Debian 14.2.0-19) 14.2.0', config)).toBe(
    'the kernel was built with gcc 12, the modules with gcc 14',
  );
});

test('a compiler that carries the date of its release is read too', () => {
  const gcc10 = 'gcc-10 (Debian 10.2.1-6) 10.2.1 20210110';
  expect(compareCompilers(gcc10, parseConfig('CONFIG_GCC_VERSION=100201\n'))).toBeUndefined();
  expect(compareCompilers(gcc10, config)).toContain('the modules with gcc 10');
});
