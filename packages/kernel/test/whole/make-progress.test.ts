import { expect, test } from 'vitest';
import { countObjects, readStep } from '../../src/whole/make-progress.ts';

test.each([
  ['  CC      drivers/vfio/vfio.o', { object: true, at: 'drivers/vfio' }],
  ['  CC [M]  drivers/vfio/pci/vfio_pci.o', { object: true, at: 'drivers/vfio/pci' }],
  ['  LD      vmlinux', { object: false, at: 'vmlinux' }],
  ['make[1]: Entering directory', undefined],
  ['fs/dax.c:12:3: warning: unused', undefined],
])('%s', (line, step) => {
  expect(readStep(line)).toEqual(step);
});

test('a count is said now and then, with where the last object lies', () => {
  const said: string[] = [];
  let now = 0;
  const read = countObjects({ say: (detail) => said.push(detail) }, '/t', () => now);
  read('  CC      mm/gup.o');
  read('  CC      mm/mmap.o');
  now = 1000;
  read('  CC       /t/tools/objtool/elf.o');
  expect(said).toEqual(['1 compiled, mm', '3 compiled, tools/objtool']);
});
