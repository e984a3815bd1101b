import { expect, test } from 'vitest';
import { aptError } from '../src/apt-errors.ts';

test.each([
  [
    'E: Failed to fetch http://m.test/InRelease  Could not connect to m.test:80',
    'the mirror does not answer',
  ],
  [
    "E: Failed to fetch http://m.test/InRelease  Could not resolve 'm.test'",
    'the mirror does not answer',
  ],
  [
    "W: GPG error: http://m.test bookworm InRelease: The following signatures couldn't be verified: NO_PUBKEY 0\nE: The repository 'http://m.test bookworm InRelease' is not signed.",
    "the mirror's signature could not be checked",
  ],
  [
    "E: The repository 'http://m.test sid Release' does not have a Release file.",
    'the mirror does not have it',
  ],
  [
    'E: Failed to fetch http://m.test/a.deb  404  Not Found [IP: 192.0.2.1 80]',
    'the mirror does not have it',
  ],
  ['E: Unable to locate package nonesuch', 'no such package on the mirror'],
  ['E: Write error - write (28: No space left on device)', 'no space left for packages'],
  ['E: Failed to fetch http://m.test/a.deb  Hash Sum mismatch', 'the mirror sent something other'],
])('%s', (said, meant) => {
  const error = aptError(
    'cannot do it',
    `Reading package lists...\n${said}\nE: and forty lines more`,
  );
  expect(error.message).toMatch(`cannot do it: ${meant}`);
  expect(error.hint).toBeDefined();
  expect(error.detail).toHaveLength(1);
});

test('what is not known is passed on as apt said it, one line of it', () => {
  const error = aptError('cannot do it', 'E: something new\nE: and more');
  expect(error.message).toBe('cannot do it: apt failed');
  expect(error.detail).toEqual(['E: something new']);
});
