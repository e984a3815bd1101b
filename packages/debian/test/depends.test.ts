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

test('libraries are followed through libraries, and nothing else is', () => {
  expect(libraryClosure(['xfsprogs'], parseDepends(answer))).toEqual([
    'xfsprogs',
    'libblkid1',
    'libinih1',
    'libc6',
    'libgcc-s1',
  ]);
});
