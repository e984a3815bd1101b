import { BenchError, RequestError } from '@pinbench/host';
import { expect, test } from 'vitest';
import { cannotUnpack } from '../../src/tree/unpack.ts';

const last = 'tar: Exiting with failure status due to previous errors';

test.each([
  'tar: linux/mm/gup.c: Wrote only 4608 of 10240 bytes',
  'tar: linux/mm/gup.c: Cannot write: No space left on device',
  'tar: linux/mm: Cannot mkdir: Disk quota exceeded',
  'tar: linux/mm/gup.c: Cannot open: Read-only file system',
])('a disk that takes no more is not the fault of the tarball: %s', (line) => {
  const error = cannotUnpack('linux.tar.xz', [line, 'tar: linux/mm: Cannot open', last]);
  expect(error).toBeInstanceOf(BenchError);
  expect(error.message).toBe('linux.tar.xz could not be unpacked for want of room on the disk');
});

test.each([
  'tar: Unexpected EOF in archive',
  'tar: This does not look like a tar archive',
  'tar: Skipping to next header: No space left on device in its name',
])('a tarball that is none is: %s', (line) => {
  expect(cannotUnpack('linux.tar.xz', [line, last])).toBeInstanceOf(RequestError);
});
