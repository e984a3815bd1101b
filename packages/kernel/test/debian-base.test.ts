import { RequestError } from '@pinbench/host';
import { expect, test } from 'vitest';
import { packageNames, readMetapackage } from '../src/debian-base.ts';
import { lineOf } from '../src/lines.ts';

const line = lineOf('debian:6.1');

test('an unknown base is refused with the known ones', () => {
  expect(() => lineOf('debian:1.0')).toThrow(RequestError);
  expect(() => lineOf('debian:1.0')).toThrow('unknown base debian:1.0');
  try {
    lineOf('debian:1.0');
  } catch (error) {
    expect(error).toMatchObject({ hint: 'known bases: debian:6.1' });
  }
});

test('the metapackage names the newest kernel and its version', () => {
  expect(readMetapackage(line, 'linux-image-6.1.0-56-amd64 (= 6.1.192-2)')).toEqual({
    release: '6.1.0-56-amd64',
    version: '6.1.192-2',
  });
  expect(() => readMetapackage(line, 'kmod')).toThrow('does not name a kernel');
});

test('headers come in three parts: of the flavour, common to all, and the build tools', () => {
  expect(packageNames(line, '6.1.0-56-amd64')).toEqual({
    image: 'linux-image-6.1.0-56-amd64',
    headers: ['linux-headers-6.1.0-56-amd64', 'linux-headers-6.1.0-56-common', 'linux-kbuild-6.1'],
    source: 'linux-source-6.1',
  });
});
