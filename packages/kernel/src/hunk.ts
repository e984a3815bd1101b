import type { Hunk } from './diff.ts';

/** Why a hunk does not fit a file, and the first line that differs at the place that fits best. */
type Misfit = { cause: string; first?: { line: number; expected: string; found: string } };

/** Holds a hunk that does not apply against the file's lines and tells where and, as far as it can be seen, why. */
export function explainMisfit(hunk: Hunk, file: readonly string[], base: string): Misfit {
  const exact = (a: string, b: string): boolean => a === b;
  const at = bestPlace(hunk.before, file, hunk.start - 1, exact);
  const differs = hunk.before.findIndex((line, index) => line !== file[at + index]);
  if (differs === -1) return { cause: 'its lines are all there: does it change them twice?' };
  const expected = hunk.before[differs] ?? '';
  const found = file[at + differs] ?? '(the end of the file)';
  return { cause: causeOf(hunk, file, base), first: { line: at + differs + 1, expected, found } };
}

function causeOf(hunk: Hunk, file: readonly string[], base: string): string {
  const fits = (lines: readonly string[], normal: (line: string) => string): boolean => {
    const wanted = lines.map(normal);
    const place = bestPlace(wanted, file.map(normal), hunk.start - 1, (a, b) => a === b);
    return wanted.every((line, index) => line === normal(file[place + index] ?? '\0'));
  };
  if (fits(hunk.before, (line) => line.replace(/\r$/, '')))
    return 'the patch and the file end their lines differently (CRLF and LF): convert the patch, as with dos2unix';
  if (fits(hunk.before, (line) => line.replace(/\s+/g, ' ').trim()))
    return 'white space was changed on the way, such as tabs into spaces';
  if (fits(hunk.after, (line) => line))
    return `${base} has this change already: the patch is partly applied`;
  return `the patch was made for another kernel than ${base}`;
}

/** The offset at which most lines are equal; of equally good ones the nearest to where the hunk says it belongs. */
function bestPlace(
  wanted: readonly string[],
  file: readonly string[],
  expected: number,
  equal: (a: string, b: string) => boolean,
): number {
  let best = { place: expected, score: 0 };
  for (let place = 0; place < file.length; place++) {
    const score = wanted.filter((line, index) => equal(line, file[place + index] ?? '\0')).length;
    const nearer = Math.abs(place - expected) < Math.abs(best.place - expected);
    if (score > best.score || (score === best.score && score > 0 && nearer))
      best = { place, score };
  }
  return best.place;
}
