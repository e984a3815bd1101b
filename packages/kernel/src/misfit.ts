import type { Hunk } from './diff.ts';
import { find } from './fit.ts';
import { placeOf, squeeze } from './place.ts';

/** What spoilt a hunk, or why else it does not fit. */
export type Cause =
  | 'line-ends'
  | 'white-space'
  | 'wrapped'
  | 'changed-on-its-way'
  | 'missing-prerequisite'
  | 'other-base';

/** Why a hunk does not fit a file, and the first line that differs at the place that is most like it. */
export type Misfit = {
  cause: Cause;
  /** Names that the hunk expects and that the file has nowhere. */
  names: string[];
  first?: { line: number; expected: string; found: string };
  /** No place is like it: the function in which it belongs, if it says so, and whether the file has that. */
  nowhere?: { within?: string; isThere: boolean };
};

/**
 * Holds a hunk that does not apply against the file's lines and tells where and, as far as it can be seen, why.
 * @param isMadeFrom the file is, to the byte, the one that the patch says it was made from
 */
export function explainMisfit(hunk: Hunk, file: readonly string[], isMadeFrom: boolean): Misfit {
  const names = missingNames(hunk, file);
  const cause = causeOf(hunk, file, { isMadeFrom, names });
  const place = placeOf(hunk, file);
  if (!('at' in place)) return { cause, names, nowhere: place };
  const { at } = place;
  const differs = hunk.before.findIndex((line, index) => line !== file[at + index]);
  if (differs === -1) return { cause, names };
  const expected = hunk.before[differs] ?? '';
  const found = file[at + differs] ?? '(the end of the file)';
  return { cause, names, first: { line: at + differs + 1, expected, found } };
}

function causeOf(
  { before, start }: Hunk,
  file: readonly string[],
  { isMadeFrom, names }: { isMadeFrom: boolean; names: readonly string[] },
): Cause {
  const fits = (normal: (line: string) => string): boolean =>
    find(before.map(normal), file.map(normal), start) !== undefined;
  if (fits((line) => line.replace(/\r$/, ''))) return 'line-ends';
  if (fits(squeeze)) return 'white-space';
  if (squeeze(file.join(' ')).includes(squeeze(before.join(' ')))) return 'wrapped';
  if (isMadeFrom) return 'changed-on-its-way';
  return names.length > 0 ? 'missing-prerequisite' : 'other-base';
}

/** What the hunk's old lines call or name as a type, and no line of the file does. */
function missingNames({ before }: Hunk, file: readonly string[]): string[] {
  const has = new Set(file.flatMap((line) => line.match(/\w+/g) ?? []));
  const called = before.flatMap((line) => line.match(/\b[A-Za-z_]\w+(?=\()/g) ?? []);
  return [...new Set(called)].filter((name) => !has.has(name));
}
