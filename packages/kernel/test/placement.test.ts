import { expect, test } from 'vitest';
import { hunksOf, readChanges } from '../src/diff.ts';
import { readPlacements } from '../src/placement.ts';

const hunk = (start: number) =>
  [
    `@@ -${start},7 +${start},7 @@ f`,
    ...[0, 1, 2].map((line) => ` line ${start + line}`),
    `-line ${start + 3}`,
    '+changed',
    ...[4, 5, 6].map((line) => ` line ${start + line}`),
  ].join('\n');

const changes = readChanges(`--- a/a.c\n+++ b/a.c\n${hunk(7)}\n${hunk(37)}\n`, ['a.c']);
const read = (...said: string[]) =>
  readPlacements(`${said.join('\n')}\n`, (file) => hunksOf(changes, file)).map(
    ({ number, offset, fuzz }) => ({ number, offset, fuzz }),
  );

/** What git 2.39.5 says of these two hunks and files of sixty such lines. */
test('a file that fits to the line', () => {
  expect(read('Checking patch a.c...', 'Applied patch a.c cleanly.')).toEqual([]);
});

test('two lines more at the top of the file', () => {
  const said = [7, 37].map(
    (start, index) => `Hunk #${index + 1} succeeded at ${start + 2} (offset 2 lines).`,
  );
  expect(read('Checking patch a.c...', ...said)).toEqual([
    { number: 1, offset: 2, fuzz: 0 },
    { number: 2, offset: 2, fuzz: 0 },
  ]);
});

test('those, and two lines of context that differ', () => {
  const said = [
    'Checking patch a.c...',
    'Hunk #1 succeeded at 9 (offset 2 lines).',
    'Hunk #2 succeeded at 41 (offset 6 lines).',
    'Context reduced to (1/1) to apply fragment at 41',
  ];
  expect(read(...said)).toEqual([
    { number: 1, offset: 2, fuzz: 0 },
    { number: 2, offset: 2, fuzz: 2 },
  ]);
});

test('context that differs where git takes the hunk to be at its place', () => {
  const said = ['Checking patch a.c...', 'Context reduced to (2/2) to apply fragment at 36'];
  expect(read(...said)).toEqual([{ number: 2, offset: -2, fuzz: 1 }]);
});
