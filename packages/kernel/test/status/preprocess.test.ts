import { expect, test } from 'vitest';
import { preprocess } from '../../src/status/preprocess.ts';

/** What is left, without the empty lines. */
const left = (text: string): string[] =>
  preprocess(text)
    .code.split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

test('every line stays where it was', () => {
  const text = 'a;\n/* one\n two */ b;\n#if 0\nc;\n#endif\n#define X \\\n  y\nd;';
  expect(
    preprocess(text)
      .code.split('\n')
      .map((line) => line.trim()),
  ).toEqual(['a;', '', 'b;', '', '', '', '', '', 'd;']);
});

test('comments go, strings with the look of comments stay', () => {
  expect(left('s = "/* no */ // no"; // yes\nc = \'"\'; /* yes */ d;')).toEqual([
    's = "/* no */ // no";',
    "c = '\"';           d;",
  ]);
});

test.each([
  ['#if 0', ['else']],
  ['#if 1', ['then']],
  ['#ifdef CONFIG_FS_DAX', ['then']],
  ['#ifndef CONFIG_FS_DAX', ['else']],
  ['#if !defined(CONFIG_MMU)', ['else']],
  ['#if IS_ENABLED(CONFIG_FS_DAX)', ['then']],
  ['#if defined(CONFIG_FS_DAX) || defined (CONFIG_CMA)', ['then']],
  ['#if defined(CONFIG_FS_DAX) && 0', ['else']],
])('%s', (condition, expected) => {
  const text = `${condition}\nthen\n#else\nelse\n#endif`;
  expect(left(text)).toEqual(expected);
  expect(preprocess(text).undecided).toEqual([]);
});

test('what is not known leaves both, and says so', () => {
  const { undecided } = preprocess('#ifdef CONFIG_X\na\n#else\nb\n#endif');
  expect(left('#ifdef CONFIG_X\na\n#else\nb\n#endif')).toEqual(['a', 'b']);
  expect(undecided).toMatchObject([
    { from: 1, to: 3, condition: 'CONFIG_X' },
    { from: 3, to: 5 },
  ]);
});

test('what is left out is left out with all that is in it', () => {
  const text = '#if 0\n#ifdef CONFIG_X\na\n#else\nb\n#endif\n#define M 1\n#elif 1\nc\n#endif';
  expect(left(text)).toEqual(['c']);
  expect(preprocess(text).undecided).toEqual([]);
  expect(preprocess(text).macros.has('M')).toBe(false);
});

test('macros are known by their line', () => {
  expect([...preprocess('\n#define ONE 1\n# define TWO(x) (x)').macros]).toEqual([
    ['ONE', 2],
    ['TWO', 3],
  ]);
});
