import type { Splat } from '../result.ts';
import { frameIn, sourceName, stackOf, textOf, type Frame } from './frames.ts';

/** What a report is about, without what differs from one time to the next. */
export type SplatSubject = {
  /** Of what kind it is, such as `WARNING`, `KASAN: slab-out-of-bounds`, `possible circular locking dependency`. */
  readonly report: string;
  /** As the source has it. */
  readonly function?: string;
  readonly file?: string;
  readonly line?: number;
};

/** Reads a report of x86, as kernels from 4.14 to 7.x print it. */
export function subjectOf({ headline, excerpt }: Splat): SplatSubject {
  const text = textOf(headline);
  const place = fileIn(text);
  const frame = culprit(text, excerpt);
  return {
    report: reportIn(text),
    ...(frame && { function: sourceName(frame.symbol) }),
    ...place,
  };
}

/** In short, such as `WARNING in dax_disassociate_entry`. */
export function nameSubject({ report, file, ...subject }: SplatSubject): string {
  const place = subject.function ?? file;
  return `${report}${place === undefined ? '' : ` in ${place}`}`;
}

/** With its place in the source, such as `WARNING in dax_disassociate_entry (fs/dax.c:398)`. */
export function describeSubject({ report, file, line, ...subject }: SplatSubject): string {
  const at = file === undefined ? '' : ` (${file}${line === undefined ? '' : `:${line}`})`;
  return `${report}${subject.function === undefined ? '' : ` in ${subject.function}`}${at}`;
}

/** What the kernel was told to say with it: the lines between the one that is drawn before a report and its headline. */
export const wordsOf = ({ headline, excerpt }: Splat): string[] =>
  excerpt
    .slice(0, Math.max(0, excerpt.indexOf(headline)))
    .map(textOf)
    .filter((text) => !/^(-+\[ cut here \]-+|=+)$/.test(text));

/**
 * Names of places, processes, processors and addresses go. "WARNING: CPU: 0 PID: 1 at FILE:LINE FUNCTION" is what
 * WARN() prints up to 6.17, "WARNING: FILE:LINE at FUNCTION, CPU#0: COMM/PID" what it prints later.
 */
function reportIn(text: string): string {
  if (/^WARNING: (CPU: |\S+:\d+ at )/.test(text)) return 'WARNING';
  if (text.startsWith('kernel BUG at ')) return 'BUG()';
  const words = text
    .replace(/^\[ (.*) \]$/, '$1')
    .replace(/^((NMI )?watchdog: |rcu: |traps: )/, '')
    .replace(/^(BUG|WARNING|INFO):? /, '');
  if (/^task .* blocked /.test(words)) return 'hung task';
  const cut =
    /( \(.*\):|,| detected|!| in process| in file| in \S+[.+/]| at | on CPU| - CPU|: [^a-z]*[0-9]|: \S+\/\d| for address|\.$| \[#)/;
  // The kind of a sanitizer's report stands behind its name; a panic says all behind a dash.
  const [, tool = '', rest = words] =
    /^(KASAN: |KFENCE: |UBSAN: |Kernel panic - not syncing: |.*?\): )(.*)$/.exec(words) ?? [];
  const [kind = rest] = rest.split(cut, 1);
  return `${tool.replace(/^.*\): $/, 'slab: ')}${kind}`
    .replace(/\b(0x)?[0-9a-f]*[0-9][0-9a-f]*\b/g, '#')
    .trim();
}

function fileIn(text: string): { file: string; line: number } | undefined {
  const [, file, line] = /(\S+\.[chS]):(\d+)/.exec(text) ?? [];
  if (file === undefined) return undefined;
  return { file: belowTop(file), line: Number(line) };
}

/** Modules that were built apart may name their files from the root of the host. */
const belowTop = (file: string): string =>
  /(?:^|\/)((?:arch|block|crypto|drivers|fs|include|init|io_uring|ipc|kernel|lib|mm|net|security|sound|virt)\/.*)$/.exec(
    file,
  )?.[1] ?? file;

/** Where it is at: what the headline names, the instruction that trapped, the lock that was taken, or the stack. */
function culprit(text: string, excerpt: readonly string[]): Frame | undefined {
  const found = [
    frameIn(text),
    frameAfter(excerpt, /^RIP: (0010:)?/),
    ...(excerpt.some((line) => isAboutLock.test(line)) ? [frameAfter(excerpt, /, at: /)] : []),
    ...stackOf(excerpt),
  ];
  return found.find((frame) => frame !== undefined && !onlyReports(frame));
}

/** Other reports list the locks that are held as well. */
const isAboutLock = / is (trying to (acquire|release) lock|leaving the kernel|freeing memory)/;

function frameAfter(excerpt: readonly string[], pattern: RegExp): Frame | undefined {
  const line = excerpt.map(textOf).find((text) => pattern.test(text));
  return line === undefined ? undefined : frameIn(line.replace(/^.*, at: /, ''));
}

/** Whether a function only reports what another found, or waits for it. */
export const onlyReports = ({ symbol }: Frame): boolean => reporters.test(sourceName(symbol));

/** Functions that only report what another found, or wait for it. */
const reporters =
  /^(dump_stack\w*|show_stack|refcount_warn_saturate|__list_(add|del_entry)_valid\w*|_*might_(sleep|resched)\w*|bad_page\w*|check_new_page\w*|free_pcppages_bulk|print_\w*|k[acsf]+an_\w*|kasan\w*|__asan_\w*|lockdep_\w*|lock_acquire\w*|__lock_acquire\w*|lock_release\w*|_?_?schedule\w*|io_schedule|___?might_sleep|schedule_bug|__schedule_bug|ubsan\w*|__ubsan\w*|warn_\w*|__warn\w*|slab_err\w*|object_err\w*|dump_page\w*)$/;
