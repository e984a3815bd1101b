import { describe, expect, test } from 'vitest';
import {
  compilerOf,
  headersPackages,
  imagePackages,
  readMetapackage,
  sourcePackage,
} from '../src/kernel-packages.ts';
import { lineOf } from '../src/lines.ts';

const line = lineOf('debian:6.1');

describe('the metapackage', () => {
  test('names the newest kernel and its version', () => {
    expect(readMetapackage(line, 'linux-image-6.1.0-56-amd64 (= 6.1.192-2)')).toEqual({
      release: '6.1.0-56-amd64',
      version: '6.1.192-2',
    });
  });

  test('may depend on more than that, as from 6.19 on', () => {
    const depends =
      'linux-base-amd64 (= 7.3.4-1~bpo13+1), linux-image-7.3.4+deb13-amd64 (= 7.3.4-1~bpo13+1), linux-modules-amd64 (= 7.3.4-1~bpo13+1)';
    expect(readMetapackage({ ...line, version: '7' }, depends)).toEqual({
      release: '7.3.4+deb13-amd64',
      version: '7.3.4-1~bpo13+1',
    });
  });

  test('that names none, or one of another line, is an error', () => {
    expect(() => readMetapackage(line, 'kmod')).toThrow('does not name a kernel');
    expect(() => readMetapackage(line, 'linux-image-6.12.1+deb13-amd64 (= 6.12.1-1)')).toThrow(
      'bookworm has no Linux 6.1 any more, but 6.12.1+deb13-amd64',
    );
  });
});

test('a kernel is one package up to 6.18', () => {
  const depends =
    'kmod, linux-base (>= 4.3~), initramfs-tools (>= 0.120+deb8u2) | linux-initramfs-tool';
  expect(imagePackages('5.10.0-46-amd64', { depends })).toEqual(['linux-image-5.10.0-46-amd64']);
});

test('and comes in three parts later', () => {
  const release = '7.3.4+deb13-amd64';
  const parts = ['base', 'binary', 'modules'].map((part) => `linux-${part}-${release}`);
  const depends = ['dracut | linux-initramfs-tool', ...parts.map((name) => `${name} (= 7.3.4-1)`)];
  expect(imagePackages(release, { depends: depends.join(', ') })).toEqual(parts);
});

const headers = {
  name: 'linux-headers-5.10.0-46-amd64',
  depends:
    'linux-headers-5.10.0-46-common (= 5.10.262-1), linux-kbuild-5.10 (>= 5.10.262-1), linux-compiler-gcc-10-x86',
};

test('headers come in three parts: of the flavour, common to all, and the build tools', () => {
  expect(headersPackages(headers)).toEqual(['linux-headers-5.10.0-46-common', 'linux-kbuild-5.10']);
  expect(() => headersPackages({ ...headers, depends: 'libc6' })).toThrow(
    'does not name its parts',
  );
});

test("they name the kernel's compiler, each release in its own way", () => {
  expect(compilerOf(headers)).toBe('gcc-10');
  expect(compilerOf({ ...headers, depends: 'linux-kbuild-6.12.95+deb12, gcc-12' })).toBe('gcc-12');
  expect(compilerOf({ ...headers, depends: 'gcc-14-for-host, linux-base' })).toBe('gcc-14');
  expect(() => compilerOf({ ...headers, depends: 'libgcc-s1' })).toThrow("kernel's compiler");
});

test('the source is called after the line', () => {
  expect(sourcePackage('6.1.0-56-amd64')).toBe('linux-source-6.1');
  expect(sourcePackage('7.3.4+deb13-amd64')).toBe('linux-source-7.3');
});
