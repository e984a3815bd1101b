import type { Splat } from '@pinbench/model';
import { kernelText } from './console.ts';

export type SplatKind = Splat['kind'];

/**
 * What the kernel prints in the line that names a report, most telling first. Held against the text after the time
 * stamp, so that nothing a program prints counts. Sources: kernel/panic.c, lib/bug.c, arch/x86/kernel/{traps,dumpstack}.c,
 * arch/x86/mm/fault.c, mm/page_alloc.c, mm/slub.c, mm/kasan/report.c, kernel/locking/lockdep.c, kernel/hung_task.c,
 * kernel/watchdog.c, kernel/rcu/tree_stall.h, lib/ubsan.c.
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
  ['bug', /^(NMI )?watchdog: Watchdog detected/],
  // Lockdep before 4.13, and "Invalid wait context" to this day.
  ['bug', /^\[ (BUG|INFO): .* \]$/],
  ['bug', /^INFO: trying to register non-static key/],
  ['bug', /^INFO: task .* blocked (in I\/O wait )?for more than/],
  ['bug', /^(rcu: )?INFO: rcu\w* (self-)?detected/],
  ['bug', /^UBSAN: /],
  // A slab cache by its name.
  ['bug', /^BUG [\w-]+ \(.*\): /],
];

/** What kind of report this console line names, if it names one. */
export function classify(line: string): SplatKind | undefined {
  const text = kernelText(line);
  if (text === undefined) return undefined;
  return openings.find(([, pattern]) => pattern.test(text))?.[0];
}

/** A line that the kernel draws before a report; what WARN() was told to say comes between the two. */
export const isRule = (line: string): boolean =>
  /^(-+\[ cut here \]-+|={20,})$/.test(kernelText(line) ?? '');

const isTrap = (headline: string): boolean =>
  /^WARNING: (CPU: |\S+:\d+ at )/.test(kernelText(headline) ?? '');

const isSanitizer = (headline: string): boolean =>
  /^(BUG: (KASAN|KFENCE)|UBSAN): /.test(kernelText(headline) ?? '');

/**
 * Whether a report ends with this line. A WARNING, an oops and a panic have an end of their own, a sanitizer's report is
 * ruled off, any other ends with its stack, whose end is marked from 5.18 on.
 */
export function closes({ kind, headline }: Splat, line: string): boolean {
  const text = kernelText(line) ?? '';
  if (/^---\[ end (trace|Kernel panic)/.test(text)) return true;
  if (isSanitizer(headline)) return /^={20,}$/.test(text);
  return (kind === 'bug' || (kind === 'warning' && !isTrap(headline))) && text === ' </TASK>';
}
