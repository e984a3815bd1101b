import type { Hunk } from './diff.ts';

/**
 * Where in a file a hunk belongs that does not fit there: the offset at which its old lines begin, from 0. Or, where
 * no place is like it, the function in which it belongs by its header and whether the file has that.
 */
export type Place = { at: number } | { within?: string; isThere: boolean };

/** Telling lines that must be as a hunk expects for a place outside its function to be taken for its own. */
const least = 2;

/**
 * Finds the place that is most like a hunk: in the function that the hunk's header names, if anything there is like it,
 * else anywhere in the file. Lines that stand in any function, such as a brace or `int ret;`, tell of no place outside it.
 */
export function placeOf(hunk: Hunk, file: readonly string[]): Place {
  const wanted = hunk.before.map(squeeze);
  const lines = file.map(squeeze);
  // A hunk of all there is belongs nowhere else.
  if (lines.length <= wanted.length) return { at: 0 };
  const within = functionIn(hunk.header);
  const range = within === undefined ? undefined : rangeOf(within, file);
  const near = range && best(wanted, lines, range, hunk.start - 1);
  if (near && near.telling > 0) return { at: near.at };
  const anywhere = best(wanted, lines, { from: 0, to: lines.length }, hunk.start - 1);
  const told = wanted.filter(isTelling).length;
  const enough = within === undefined ? Math.min(least, told) : least;
  if (anywhere && anywhere.telling >= enough) return { at: anywhere.at };
  if (near) return { at: near.at };
  return { ...(within !== undefined && { within }), isThere: range !== undefined };
}

/** Without what a mail program does to white space, so that the place is found of a hunk that it has spoilt. */
export const squeeze = (line: string): string => line.replace(/\s+/g, ' ').trim();

type Score = { telling: number; all: number };
type Found = Score & { at: number };
/** Offsets, the last not in it. */
type Range = { from: number; to: number };

const scoreAt = (wanted: readonly string[], lines: readonly string[], at: number): Score => {
  const equal = wanted.filter((line, index) => line === lines[at + index]);
  return { telling: equal.filter(isTelling).length, all: equal.length };
};

/** The best place in a range, by the lines within it; of equally good ones the nearest to where it is expected. */
function best(
  wanted: readonly string[],
  file: readonly string[],
  { from, to }: Range,
  expected: number,
): Found | undefined {
  const lines = file.slice(0, to);
  let found: Found | undefined;
  for (let at = from; at < to; at++) {
    const here = { at, ...scoreAt(wanted, lines, at) };
    if (here.all > 0 && (found === undefined || compare(here, found, expected) > 0)) found = here;
  }
  return found;
}

const compare = (a: Score & { at: number }, b: Score & { at: number }, expected: number): number =>
  a.telling - b.telling || a.all - b.all || Math.abs(b.at - expected) - Math.abs(a.at - expected);

const keywords = new Set(
  'break case char const continue default do else enum extern false for goto if inline int long NULL return short signed sizeof static struct switch true u32 u64 union unsigned void while'.split(
    ' ',
  ),
);

/** True of a line with two names of its own, which is what sets it apart from `int ret;`, `goto out;` and a brace. */
const isTelling = (line: string): boolean =>
  new Set((line.match(/[A-Za-z_]\w*/g) ?? []).filter((word) => !keywords.has(word))).size > 1;

/** The function in `@@ -338,22 +338,25 @@ static int vaddr_get_pfn(struct mm_struct *mm, ...`. */
const functionIn = (header: string): string | undefined =>
  /^@@[^@]*@@\s*[A-Za-z_][^(]*?(\w+)\(/.exec(` ${header}`.trim())?.[1];

/**
 * The places of hunks whose header names a function: between the line that it begins with and the next such line. A
 * function of nearly that name, with a plural or underscores, is taken for its successor.
 */
function rangeOf(name: string, file: readonly string[]): Range | undefined {
  const starts = file.flatMap((line, index) => (/^[A-Za-z_$]/.test(line) ? [index] : []));
  const begins = (accept: (found: string) => boolean): number | undefined =>
    starts.find((index) => accept(definedIn(file[index] ?? '') ?? ''));
  const from = begins((found) => found === name) ?? begins((found) => stem(found) === stem(name));
  if (from === undefined) return undefined;
  const isLabel = (index: number): boolean => /^\w+:/.test(file[index] ?? '');
  const next = starts.find((index) => index > from && !isLabel(index));
  // A hunk may begin with the line that its function begins with.
  return { from, to: next ?? file.length };
}

/** Of a line at which a function is defined, not just declared. */
const definedIn = (line: string): string | undefined =>
  /;\s*$/.test(line) ? undefined : /^[^(]*?(\w+)\(/.exec(line)?.[1];

const stem = (name: string): string => name.replace(/^_+/, '').replace(/s$/, '');
