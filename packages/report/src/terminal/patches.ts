import type { HunkInResult, PatchInResult } from '@pinbench/model';
import { count, plain } from '../words.ts';
import type { Page } from './page.ts';

/** What makes the base the *before*, and that the *after*: each patch, where it comes from and how it went in. */
export const patchLines = (patches: readonly PatchInResult[], page: Page): string[] =>
  patches.flatMap((patch) => {
    const [first = '', ...more] = [
      sayApplied(patch),
      ...sayHunks(patch),
      ...(patch.upstream === undefined ? [] : [`Upstream: ${patch.upstream}`]),
      ...sayTrailers(patch),
    ].map(plain);
    return [
      ...page.field(names[patch.role], first),
      ...more.flatMap((line) => page.field('', line)),
    ];
  });

const names = { baseline: 'before', 'under-test': 'after' } as const;

function sayApplied({ role, subject, file, series, applied }: PatchInResult): string {
  const where = [
    file,
    ...(series ? [`v${series.version} ${series.at}/${series.of}`] : []),
    ...(applied === 'clean' ? [] : [`applied ${applied.replace('-', ' ')}`]),
  ];
  const what = role === 'baseline' ? 'the base with' : 'that with';
  return `${what} "${subject}" (${where.join(', ')})`;
}

/** So many are named one by one; where a file has moved as a whole, all its hunks have. */
const hunksNamed = 4;

function sayHunks({ hunks = [] }: PatchInResult): string[] {
  const rest = hunks.length - hunksNamed;
  return [
    ...hunks.slice(0, hunksNamed).map(sayHunk),
    ...(rest > 0 ? [`and ${count(rest, 'hunk')} more; see result.json`] : []),
  ];
}

function sayHunk({ file, number, offset, fuzz }: HunkInResult): string {
  const how = [
    ...(offset === 0
      ? []
      : [`${count(Math.abs(offset), 'line')} further ${offset > 0 ? 'down' : 'up'}`]),
    ...(fuzz === 0 ? [] : [`fuzz ${fuzz}: that much of its context differs`]),
  ];
  return `hunk ${number} of ${file}: ${how.join(', ')}`;
}

/** A line for each kind of trailer, with all that are of that kind. */
function sayTrailers({ trailers = [] }: PatchInResult): string[] {
  const kindOf = (key: string): string => key.toLowerCase();
  return [...new Set(trailers.map(({ key }) => kindOf(key)))].map((kind) => {
    const same = trailers.filter(({ key }) => kindOf(key) === kind);
    return `${same[0]?.key ?? ''}: ${same.map(({ value }) => value).join(', ')}`;
  });
}
