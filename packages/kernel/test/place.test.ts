import { expect, test } from 'vitest';
import { readChanges } from '../src/diff.ts';
import { placeOf } from '../src/place.ts';

const other = ['int other(void)', '{', '\tint ret;', '', '\tret = 0;', '\treturn ret;', '}', ''];
const pins = (name: string) => [
  `static int ${name}(struct mm_struct *mm, unsigned long vaddr)`,
  ...['{', '\tint ret;', ''],
  ...[
    '\tret = pin_it(mm, vaddr, more);',
    '\tif (ret == 1)',
    '\t\tput_page(page);',
    '\treturn ret;',
  ],
  ...['}', ''],
];

const diff = `--- a/vfio.c
+++ b/vfio.c
@@ -1,6 +1,6 @@ static int vaddr_get_pfn(struct mm_struct *mm, unsigned long vaddr)
 {
 	int ret;
 
-	ret = pin_it(mm, vaddr);
+	ret = pin_it(mm, vaddr, LONGTERM);
 	if (ret == 1)
 		put_page(page);
`;

const place = (file: readonly string[], text = diff) =>
  placeOf(readChanges(text, ['vfio.c'])[0]!.hunks[0]!, file);

test('a hunk belongs in the function that its header names, whatever is alike elsewhere', () => {
  const near = diff
    .replace('put_page(page)', 'put_pfn(page, prot)')
    .replace('vaddr);', 'vaddr, more);');
  expect(place([...other, ...other, ...pins('vaddr_get_pfn'), ...other], near)).toEqual({ at: 17 });
});

test('what stands in any function tells of a place within that function', () => {
  expect(place([...other, ...pins('vaddr_get_pfn'), ...other])).toEqual({ at: 9 });
});

test('a function in which no line is alike is no place', () => {
  const rewritten = [pins('vaddr_get_pfn')[0]!, '  return pin(mm, vaddr, 1);', '  /* done */'];
  expect(place([...other, ...rewritten, 'int last;', ...other, ...other])).toEqual({
    within: 'vaddr_get_pfn',
    isThere: true,
  });
});

test('a function with a plural or underscores is taken for its successor', () => {
  const near = diff
    .replace('put_page(page)', 'unpin(mm, page)')
    .replace('vaddr);', 'vaddr, more);');
  for (const name of ['vaddr_get_pfns', '__vaddr_get_pfn'])
    expect(place([...other, ...pins(name), ...other], near)).toEqual({ at: 9 });
});

test('what stands in any function is no place', () => {
  expect(place([...other, ...other])).toEqual({ within: 'vaddr_get_pfn', isThere: false });
});

test('a declaration is not the function', () => {
  const declared = 'static int vaddr_get_pfn(struct mm_struct *mm, unsigned long vaddr);';
  expect(place([declared, ...other, ...other])).toMatchObject({ isThere: false });
});
