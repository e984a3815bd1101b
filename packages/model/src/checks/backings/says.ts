import type { CaseRow } from '../../result.ts';
import { listed } from '../mapping.ts';

/** The ways of having memory that a row's name tells of, in the words of a sentence. */
const ways: readonly (readonly [name: RegExp, words: string])[] = [
  [/: shared/, 'shared'],
  [/: private/, 'private'],
  [/untouched/, 'untouched'],
  [/copied on write/, 'copied on write'],
  [/read only/, 'read only'],
  [/asked for reading/, 'asked for reading'],
  [/asked for writing/, 'asked for writing where the process may only read'],
  [/one page/, 'a single page'],
  [/2 MiB/, '2 MiB'],
  [/forked/, 'after a forked child wrote to it'],
  [/by inode/, 'as DAX by inode'],
  [/^amid thp/, 'behind the end of a huge page'],
  [/in the place of/, 'in the place of pinned memory'],
];

/** What a pass shows, of the rows that were asked. */
export function saysOf(rows: readonly CaseRow[]): string[] {
  const passed = rows.filter(({ verdict }) => verdict === 'pass');
  const [fsdax, others] = [passed.filter(isOfFsdax), passed.filter((row) => !isOfFsdax(row))];
  return [
    ...sayRefused(fsdax.filter(({ after }) => after.saw.startsWith('refused'))),
    ...sayMapped(fsdax.filter(({ after }) => after.saw === 'mapped')),
    ...sayOfOthers(others),
  ];
}

const isOfFsdax = ({ name }: CaseRow): boolean =>
  name.startsWith('fsdax') || name.includes('to amid a DAX file');

function sayRefused(rows: readonly CaseRow[]): string[] {
  if (rows.length === 0) return [];
  const asked = ways.filter(([way]) => rows.some(({ name }) => way.test(name)));
  const fileSystems = rows.flatMap(({ name }) => /^fsdax-(\w+)/.exec(name)?.[1] ?? []);
  return [
    `Filesystem-DAX memory (${[...new Set(fileSystems)].join(', ')}) is refused however it is mapped: ${listed(asked.map(([, words]) => words))}.`,
  ];
}

/** Only copies may be (see mayMap in row.ts). */
const sayMapped = (rows: readonly CaseRow[]): string[] =>
  rows.length === 0
    ? []
    : [
        `Pages that were copied on write are mapped, and are no longer the file's (${rows.map(({ name }) => name).join('; ')}).`,
      ];

/** A kernel may refuse more than the rule does: a row that passed did so as expected. */
function sayOfOthers(rows: readonly CaseRow[]): string[] {
  if (rows.length === 0) return [];
  const kinds = new Set(rows.map(({ name }) => name.replace(/:.*/, '')));
  const changed = rows.filter(({ before, after }) => before.saw !== after.saw);
  const but = changed.map(({ name, after }) => `${name}, which is ${after.saw}: ${after.why}`);
  return [
    `Other memory (${[...kinds].join(', ')}) answers as it did before, however it is mapped${but.length === 0 ? '' : ` (but for ${but.join('; ')})`}.`,
  ];
}
