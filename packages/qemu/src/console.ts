import { stripVTControlCharacters } from 'node:util';
import type { Splat } from '@pinbench/model';

export type SplatKind = Splat['kind'];

/**
 * What the kernel prints before the first line of a report, most telling first. Held against the text after the time
 * stamp, so that nothing a program prints counts. Sources: kernel/panic.c, lib/bug.c, arch/x86/kernel/{traps,dumpstack}.c,
 * arch/x86/mm/fault.c, mm/page_alloc.c, kernel/hung_task.c, kernel/watchdog.c, kernel/rcu/tree_stall.h, lib/ubsan.c.
 */
const openings: readonly (readonly [SplatKind, RegExp])[] = [
  ['panic', /^Kernel panic - not syncing/],
  [
    'oops',
    /^(BUG: unable to handle|BUG: kernel NULL pointer|Unable to handle kernel|kernel BUG at )/,
  ],
  [
    'oops',
    /^(traps: )?(general protection fault|stack segment|invalid opcode|divide error|double fault|PANIC: double)/,
  ],
  ['oops', /\bOops(: |\[#| - )/],
  ['warning', /^WARNING: /],
  ['bug', /^(watchdog: )?BUG: /],
  ['bug', /^INFO: task .* blocked for more than/],
  ['bug', /^(rcu: )?INFO: rcu\w* (self-)?detected/],
  ['bug', /^UBSAN: /],
];

const timeStamp = /^\[ *\d+\.\d{6}\](?:\[ *[CT]\d+\])? /;

/** A line as the kernel said it, without terminal codes; undefined when a program wrote it. */
export function kernelText(line: string): string | undefined {
  const plain = stripVTControlCharacters(line);
  const stamp = timeStamp.exec(plain);
  return stamp === null ? undefined : plain.slice(stamp[0].length);
}

/** What kind of report this console line opens, if it opens one. */
export function classify(line: string): SplatKind | undefined {
  const text = kernelText(line);
  if (text === undefined) return undefined;
  return openings.find(([, pattern]) => pattern.test(text))?.[0];
}

/** The splats seen so far; `open` when the last one still takes lines. */
export type Splats = { list: readonly Splat[]; open: boolean };

export const noSplats: Splats = { list: [], open: false };

/** Longer than any report that 4.14 to 6.12 print with one processor; a report without a closing line ends here. */
const longest = 60;

const closing = /^---\[ end (trace|Kernel panic)/;

/** Only the report of a bug that is neither an oops nor a warning ends with its stack. */
const closingOfBug = ' </TASK>';

/**
 * Takes one more console line into account. A report goes from its opening to its closing line; an oops is opened by
 * the line that names its cause and the lines that follow belong to it.
 */
export function withLine(splats: Splats, line: string): Splats {
  const kind = classify(line);
  const current = splats.list.at(-1);
  if (
    splats.open &&
    current !== undefined &&
    !(kind !== undefined && opensAnew(current.kind, kind))
  ) {
    const excerpt = [...current.excerpt, line];
    return {
      list: [...splats.list.slice(0, -1), { ...current, excerpt }],
      open: !closes(current.kind, line) && excerpt.length < longest,
    };
  }
  if (kind === undefined) return splats;
  return { list: [...splats.list, { kind, excerpt: [line] }], open: !closes(kind, line) };
}

/** The second and later lines of one oops look like openings themselves. */
const opensAnew = (current: SplatKind, next: SplatKind): boolean =>
  next === 'panic' ? current !== 'panic' : !(current === 'oops' || current === 'panic');

function closes(kind: SplatKind, line: string): boolean {
  const text = kernelText(line) ?? '';
  return closing.test(text) || (kind === 'bug' && text.startsWith(closingOfBug));
}
