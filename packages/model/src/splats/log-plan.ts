import { operations as op, type Operation } from '../plan.ts';

/** What is read when all is done; the ids of its records. */
export const logIds = { taint: 'log.taint', warnings: 'log.warn-count', lockdep: 'log.lockdep' };

/**
 * A line for the kernel's log. It goes in at the level that a line without one has, which is that of a WARNING
 * (devkmsg_write() in kernel/printk/printk.c, CONFIG_MESSAGE_LOGLEVEL_DEFAULT): where it comes out, those do.
 */
export const logLine = (text: string, id?: string): Operation =>
  op.write({ file: '/dev/kmsg', text }, id);

/** Makes the kernel's debugging files visible, if it has any. */
export const openLog = (): Operation[] => [
  op.mount({ source: 'debugfs', target: '/sys/kernel/debug', type: 'debugfs' }, 'log.debugfs'),
];

/** Makes what warns only once warn again, from 4.15 on (b1fca27d384e). */
export const warnOnce = '/sys/kernel/debug/clear_warn_once';

/** What warns only once may have done so before. Kernels that cannot, or have no debugfs, say so in the record. */
export const armWarnings = (id: string): Operation => op.write({ file: warnOnce, text: '1' }, id);

/**
 * What the kernel knows of its own troubles, beside its log, and the last line of that. A kernel whose consoles have
 * threads of their own (seen on 7.3) prints a line after it was given it: it gets the time to.
 */
export const closeLog = (): Operation[] => [
  op.read({ file: '/proc/sys/kernel/tainted' }, logIds.taint),
  op.read({ file: '/sys/kernel/warn_count' }, logIds.warnings),
  op.read({ file: '/proc/lockdep_stats' }, logIds.lockdep),
  logLine('pinbench: plan done'),
  op.exec({ argv: 'busybox sleep 0.1' }),
];
