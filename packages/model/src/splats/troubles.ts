import type { Splat } from '../result.ts';
import { subjectOf } from './subject.ts';

/** Trouble that a kernel notes of itself, and the reports with which it says so. */
type Trouble = {
  /** Of /proc/sys/kernel/tainted (Documentation/admin-guide/tainted-kernels.rst). */
  readonly bit: number;
  readonly what: string;
  readonly isTold: (splat: Splat) => boolean;
};

const reportOf = (splat: Splat): string => subjectOf(splat).report;

/** Calls of add_taint() in mm/, kernel/sched/core.c, kernel/panic.c, kernel/watchdog.c and arch/x86/kernel/dumpstack.c. */
const troubles: readonly Trouble[] = [
  {
    bit: 5,
    what: 'a bad page, or a report of KASAN, KFENCE or SLUB',
    isTold: (splat) => /^(KASAN: |KFENCE: |slab: |Bad page )/.test(reportOf(splat)),
  },
  { bit: 7, what: 'an oops', isTold: ({ kind }) => kind === 'oops' || kind === 'panic' },
  {
    bit: 9,
    what: 'a WARNING',
    isTold: (splat) =>
      /^(WARNING$|scheduling while atomic|sleeping function called|assuming )/.test(
        reportOf(splat),
      ),
  },
  { bit: 14, what: 'a soft lockup', isTold: (splat) => reportOf(splat) === 'soft lockup' },
];

/** What taint flags say of trouble. `untold`: no report in the log is of the kind that sets the flag. */
export function troublesIn(
  taint: number,
  splats: readonly Splat[],
): { noted: string[]; untold: string[] } {
  const noted = troubles.filter(({ bit }) => (taint & (1 << bit)) !== 0);
  const untold = noted.filter(({ isTold }) => !splats.some(isTold));
  return { noted: noted.map(({ what }) => what), untold: untold.map(({ what }) => what) };
}

/** Whether a kernel counts a report in warn_count: check_panic_on_warn() is called for it (79cc1ba7badf). */
export const isCounted = (splat: Splat): boolean =>
  /^(WARNING$|KASAN: |KFENCE: |KCSAN: |UBSAN: |scheduling while atomic)/.test(reportOf(splat));

/**
 * Whether a report is one with which lockdep goes off: one about locks or lockdep's own room (callers of
 * debug_locks_off() in kernel/locking), or one after which it is not to be relied on (LOCKDEP_NOW_UNRELIABLE).
 */
export function endsLockdep(splat: Splat): boolean {
  const { report, file = '' } = subjectOf(splat);
  return (
    troubles.some(({ bit, isTold }) => (bit === 5 || bit === 7) && isTold(splat)) ||
    (report === 'WARNING' && file.startsWith('kernel/locking/')) ||
    /\b(spin|rw)?lock(s|ing)?\b|wait context|non-static key|contention|^key |^MAX_/i.test(report)
  );
}
