import { expect, test } from 'vitest';
import { pinningOfSource } from '../src/pinning.ts';

test.each([
  ['ret = get_user_pages_fast(vaddr, 1, write, page);', 'gup-fast'],
  ['ret = pin_user_pages_fast(vaddr, npages, flags, pages);', 'gup-fast'],
  ['ret = get_user_pages_longterm(vaddr, 1, flags, page, vmas);', 'longterm'],
  ['ret = pin_user_pages_remote(mm, vaddr, npages, flags | FOLL_LONGTERM, pages);', 'longterm'],
] as const)('%s pins by %s', (line, pinning) => {
  expect(pinningOfSource(`{\n\t${line}\n}\n`)).toBe(pinning);
});

test('what a comment says is not what a kernel does', () => {
  const text =
    '/* was FOLL_LONGTERM */\n// get_user_pages_longterm()\nget_user_pages_fast(a, 1, w, p);';
  expect(pinningOfSource(text)).toBe('gup-fast');
});
