import { BenchError, RequestError } from '@pinbench/host';
import { expect, test } from 'vitest';
import { compileError } from '../src/compile-error.ts';

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
