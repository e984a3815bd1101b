import { describe, expect, test } from 'vitest';
import { parseReadelf } from '../src/elf.ts';

describe('readelf', () => {
  test('of a program names its loader and its libraries', () => {
    const output = `
Program Headers:
  Type           Offset   VirtAddr           PhysAddr           FileSiz  MemSiz   Flg Align
  INTERP         0x000318 0x0000000000000318 0x0000000000000318 0x00001c 0x00001c R   0x1
      [Requesting program interpreter: /lib64/ld-linux-x86-64.so.2]

Dynamic section at offset 0x201a0 contains 32 entries:
  Tag        Type                         Name/Value
 0x0000000000000001 (NEEDED)             Shared library: [libext2fs.so.2]
 0x0000000000000001 (NEEDED)             Shared library: [libc.so.6]
 0x000000000000000c (INIT)               0x4000
`;
    expect(parseReadelf(output)).toEqual({
      interpreter: '/lib64/ld-linux-x86-64.so.2',
      needed: ['libext2fs.so.2', 'libc.so.6'],
    });
  });

  test('of a static program says that it needs nothing', () => {
    expect(parseReadelf('\nThere is no dynamic section in this file.\n')).toEqual({
      interpreter: undefined,
      needed: [],
    });
  });
});
