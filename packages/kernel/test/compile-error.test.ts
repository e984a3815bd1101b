import { BenchError, RequestError } from '@pinbench/host';
import { expect, test } from 'vitest';
import { compileError } from '../src/compile-error.ts';
import { PatchRefused } from '../src/refusal.ts';

const output = `  CC [M]  /c/work/type1.o
/c/work/type1.c: In function 'vaddr_get_pfns':
/c/work/type1.c:5:12: warning: unused variable 'a'
/c/work/type1.c:569:64: error: 'FOLL_LONG_TERM' undeclared (first use in this function)
  569 |                flags | FOLL_LONG_TERM,
      |                        ^~~~~~~~~~~~~~
/c/work/type1.c:569:64: note: each undeclared identifier is reported only once
/c/work/type1.c:580:1: error: something that follows from it
make[2]: *** [scripts/Makefile.build:255: /c/work/type1.o] Error 1
`;
const folder = { folder: '/c/work', shown: 'drivers/vfio' };

test("the patch's first error is shown with its line, and nothing that follows from it", () => {
  const error = compileError(output, { variant: 'after', ...folder });
  expect(error).toBeInstanceOf(RequestError);
  expect(error.message).toBe(
    "the patch does not compile: drivers/vfio/type1.c:569:64: error: 'FOLL_LONG_TERM' undeclared (first use in this function)",
  );
  expect(error.detail).toEqual([
    '  569 |                flags | FOLL_LONG_TERM,',
    '      |                        ^~~~~~~~~~~~~~',
  ]);
});

test.each([
  "mm/entry.S:12: Error: no such instruction: `moov %eax,%ebx'",
  "ld: mm/gup.o: in function `pin': gup.c:(.text+0x12): undefined reference to `no_such_thing'",
  "mm/gup.o:(.text+0x0): multiple definition of `pin'; mm/memory.o:(.text+0x0): first defined here",
])('so is what the assembler and the linker find: %s', (line) => {
  const error = compileError(`  LD  vmlinux\n${line}\nmake: *** Error 1\n`, {
    variant: 'after',
    what: 'kernel',
    folder: '/c/tree/',
    shown: '',
  });
  expect(error).toBeInstanceOf(RequestError);
  expect(error.message).toBe(`the patch does not compile: ${line}`);
});

test.each([
  [
    "drivers/vfio/type1.c:341:9: error: implicit declaration of function 'get_user_pages_longterm'; did you mean 'get_user_pages_locked'? [-Werror=implicit-function-declaration]",
    'get_user_pages_longterm()',
    '2bb6d2837083',
  ],
  [
    "drivers/vfio/type1.c:341:9: error: 'FOLL_LONGTERM' undeclared (first use in this function)",
    'FOLL_LONGTERM',
    '932f4a630a69',
  ],
  [
    "ld: drivers/vfio/type1.o: in function `pin': type1.c:(.text+0x12): undefined reference to `vma_is_fsdax'",
    'vma_is_fsdax()',
    '2bb6d2837083',
  ],
])('a name that an earlier commit brought is told with it: %s', (line, name, commit) => {
  const error = compileError(`${line}\nmake: *** Error 1\n`, { variant: 'after', ...folder });
  expect(error).toBeInstanceOf(PatchRefused);
  expect(error.message).toBe(`the patch needs ${name}, which the base does not have`);
  expect(error.hint).toContain(`the prerequisite is ${commit} (`);
  expect(error.detail).toEqual([line]);
});

test('without the patch such a name is no fault of the patch', () => {
  const line = "type1.c:1:1: error: implicit declaration of function 'vma_is_fsdax'";
  expect(compileError(line, { variant: 'before', ...folder })).toBeInstanceOf(BenchError);
});

test('a name that no known commit brought may be a slip', () => {
  expect(compileError(output, { variant: 'after', ...folder }).hint).toMatch(
    /^nothing in the base declares FOLL_LONG_TERM: a slip/,
  );
});

test('a symbol that the kernel does not export is the mistake of the patch too', () => {
  const modpost =
    'ERROR: modpost: "vma_is_fsdax" [/c/work/type1.ko] undefined!\nmake: *** Error 2\n';
  const error = compileError(modpost, { variant: 'after', ...folder });
  expect(error).toBeInstanceOf(RequestError);
  expect(error.message).toContain('"vma_is_fsdax" [drivers/vfio/type1.ko] undefined!');
  expect(error.hint).toContain('EXPORT_SYMBOL');
});

test('that the base does not build is not', () => {
  expect(compileError(output, { variant: 'before', ...folder })).toBeInstanceOf(BenchError);
});

test('neither is a build that fails without a word from the compiler', () => {
  const error = compileError('make: *** No rule to make target\n', { variant: 'after', ...folder });
  expect(error).toBeInstanceOf(BenchError);
  expect(error.detail).toEqual(['make: *** No rule to make target']);
});

test.each([
  [
    'room on the disk',
    '/c/work/type1.c:2:1: fatal error: error closing /tmp/cctUGmIE.s: No space left on device',
  ],
  [
    'room on the disk',
    "{standard input}: Fatal error: can't write 11 bytes to section .text of type1.o: 'No space left on device'",
  ],
  ['memory', 'gcc-12: fatal error: Killed signal terminated program cc1'],
  ['memory', 'cc1: out of memory allocating 65536 bytes after a total of 4096 bytes'],
  ['memory', 'virtual memory exhausted: Cannot allocate memory'],
  ['memory', 'cc1: error while loading shared libraries: libc.so.6: failed to map segment'],
  [
    'a compiler that works',
    '/c/work/type1.c:9:1: internal compiler error: Segmentation fault signal terminated program cc1',
  ],
])('neither is a build that fails for want of %s: %s', (what, line) => {
  const error = compileError(`${line}\n${output}`, { variant: 'after', ...folder });
  expect(error).toBeInstanceOf(BenchError);
  expect(error.message).toBe(`the kernel modules could not be built for want of ${what}`);
  expect(error.detail).toEqual([line.replace('/c/work', 'drivers/vfio')]);
});

test('a line of the source that speaks of memory does not change whose mistake it is', () => {
  const text = output.replace('flags | FOLL_LONG_TERM,', 'pr_warn("out of memory");');
  expect(compileError(text, { variant: 'after', ...folder })).toBeInstanceOf(RequestError);
});
