import { expect, test } from 'vitest';
import { libraryClosure, parseDepends } from '../src/depends.ts';

const answer = `xfsprogs
  Depends: libblkid1
 |Depends: libinih1
  Depends: libini-other
  Depends: python3
  Depends: <virtual-thing>
    a-provider
libblkid1
  Depends: libc6
python3
  Depends: libpython3
libc6
  Depends: libgcc-s1
libinih1
libgcc-s1
  PreDepends: gcc-12-base
  Depends: libc6
`;

test('of alternatives the first is taken, and virtual packages are none', () => {
  expect(parseDepends(answer).get('xfsprogs')).toEqual(['libblkid1', 'libinih1', 'python3']);
});

test('what is split off by architecture is followed as well', () => {
  const graph = new Map([
    ['gcc-14', ['cpp-14', 'gcc-14-x86-64-linux-gnu']],
    ['gcc-14-x86-64-linux-gnu', ['libgcc-14-dev', 'cpp-14-x86-64-linux-gnu', 'debconf']],
  ]);
  expect(libraryClosure(['gcc-14'], graph)).toEqual([
    'gcc-14',
    'gcc-14-x86-64-linux-gnu',
    'libgcc-14-dev',
    'cpp-14-x86-64-linux-gnu',
  ]);
});

test('libraries are followed through libraries, and nothing else is', () => {
  expect(libraryClosure(['xfsprogs'], parseDepends(answer))).toEqual([
    'xfsprogs',
    'libblkid1',
    'libinih1',
    'libc6',
    'libgcc-s1',
  ]);
});
