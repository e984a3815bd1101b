import type { Splat } from '../result.ts';
import { spellFrame, stackOf, textOf } from './frames.ts';
import { onlyReports, wordsOf } from './subject.ts';

/** Frames that are shown: those of the system call and its entry are always the same. */
const depth = 8;

/** Lines of a lockdep report up to its stack that say what went wrong. */
const words = 8;

/** What to read of a report: what the kernel said, and the way it came there, with lines where they are known. */
export function evidenceOf(splat: Splat): string[] {
  const { headline, excerpt, lines = {} } = splat;
  const all = stackOf(excerpt);
  const first = all.findIndex((frame) => !onlyReports(frame));
  const stack = all.slice(Math.max(0, first));
  const after = excerpt.slice(excerpt.indexOf(headline) + 1).map(textOf);
  const trapped = after.find((text) => text.startsWith('RIP: 0010:'));
  const at = (place: string): string =>
    lines[place] === undefined ? place : `${place} (${lines[place]})`;
  return [
    ...wordsOf(splat),
    textOf(headline),
    ...(trapped === undefined ? saying(after) : []),
    ...stack.slice(0, depth).map((frame) => `  ${at(spellFrame(frame))}`),
    ...(stack.length > depth ? [`  ... ${stack.length - depth} more`] : []),
  ];
}

/** What a report says before its stack, without rules and blank lines; a trap has its registers there. */
function saying(after: readonly string[]): string[] {
  const stack = after.findIndex((text) => /^(Call [Tt]race:|CPU: |stack backtrace:)/.test(text));
  return after
    .slice(0, stack === -1 ? undefined : stack)
    .filter((text) => !/^[-=]*$|Not tainted$|Tainted: /.test(text.trim()))
    .slice(0, words);
}
