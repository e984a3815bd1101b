import type { FileChange, Hunk } from './diff.ts';

/**
 * How a part of a patch stands to a tree: it `fits`, fits with less context (`fuzzy`), is `there` already, or does not
 * go in (`misfit`). A part without a hunk is a file that is made, deleted or moved.
 */
export type Part = { file: string; hunk?: Hunk; state: 'fits' | 'fuzzy' | 'there' | 'misfit' };

/** A file's text by its path from the top of the tree; undefined where there is none. */
export type FileText = (file: string) => string | undefined;

/** Lines of context that must fit, as in `git apply -C1`: what patch(1) leaves of three with its usual fuzz of two. */
export const leastContext = 1;

/** Holds every part of a patch against the files of a tree, each for itself. */
export const fitOf = (changes: readonly FileChange[], textOf: FileText): Part[] =>
  changes.flatMap((change) => partsOf(change, textOf));

function partsOf({ from, to, hunks }: FileChange, textOf: FileText): Part[] {
  const file = to ?? from;
  if (file === undefined) return [];
  const old = from === undefined ? undefined : textOf(from);
  const now = to === undefined ? undefined : textOf(to);
  if (from === undefined) {
    const wanted = hunks.flatMap(({ after }) => after);
    return [{ file, state: now === undefined ? 'fits' : same(now, wanted) ? 'there' : 'misfit' }];
  }
  if (to === undefined && old === undefined) return [{ file, state: 'there' }];
  const text = old ?? now;
  if (text === undefined) return [{ file: from, state: 'misfit' }];
  const moved: Part[] =
    to === undefined || from === to ? [] : [{ file, state: old === undefined ? 'there' : 'fits' }];
  const lines = linesOf(text);
  return [...moved, ...hunks.map((hunk) => ({ file, hunk, state: stateOf(hunk, lines) }))];
}

/** The lines of a text; what stands behind its last line end is no line. */
export const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n');

const same = (text: string, lines: readonly string[]): boolean =>
  linesOf(text).join('\n') === lines.join('\n');

function stateOf(hunk: Hunk, file: readonly string[]): Part['state'] {
  const exact = stateWith(hunk, file, 0, 0);
  if (exact !== undefined) return exact;
  const top = Math.max(0, hunk.leading - leastContext);
  const bottom = Math.max(0, hunk.trailing - leastContext);
  const loose = stateWith(hunk, file, top, bottom);
  // Where lines are only taken out, two of context that meet are too little to say that they were.
  if (loose === 'there') return hunk.added.length > 0 ? 'there' : 'misfit';
  return loose === 'fits' ? 'fuzzy' : 'misfit';
}

/** Looks for what a hunk wants and for what it leaves, without so many lines at its top and bottom. */
function stateWith(
  hunk: Hunk,
  file: readonly string[],
  top: number,
  bottom: number,
): 'fits' | 'there' | undefined {
  const wanted = hunk.before.slice(top, hunk.before.length - bottom);
  const left = hunk.after.slice(top, hunk.after.length - bottom);
  const before = find(wanted, file, hunk.start + top);
  const after = left.length === 0 ? undefined : find(left, file, hunk.newStart + top);
  if (after === undefined) return before === undefined ? undefined : 'fits';
  // Lines added at the end of a file leave what they were added to: then what is wanted lies within what is there.
  const within =
    before !== undefined && before >= after && before + wanted.length <= after + left.length;
  return before === undefined || within ? 'there' : 'fits';
}

/** Where lines stand in a file, from 0: of several places the nearest to line `start`, counted from 1. */
export function find(
  wanted: readonly string[],
  file: readonly string[],
  start: number,
): number | undefined {
  let best: number | undefined;
  const far = (place: number): number => Math.abs(place - (start - 1));
  for (let place = 0; place + wanted.length <= file.length; place++) {
    if (!wanted.every((line, index) => line === file[place + index])) continue;
    if (best === undefined || far(place) < far(best)) best = place;
  }
  return best;
}
