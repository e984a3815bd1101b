import { z } from 'zod';
import { atLeast, type KernelVersion } from '../kernel-version.ts';
import type { AgentRecord } from '../record.ts';

const countersSchema = z.looseObject({
  vmlck: z.number(),
  vmpin: z.number(),
  foll_pin_acquired: z.number().nullable(),
  foll_pin_released: z.number().nullable(),
  dma_avail: z.number().nullable(),
});

/** nr_foll_pin_* of /proc/vmstat are there from v5.7 on (1970dc6f5226). */
export const countsPins = (kernel: KernelVersion): boolean => atLeast(kernel, 5, 7);

export type Accounting = {
  vmlck: number;
  vmpin: number;
  pinned: number | null;
  entries: number | null;
};

/**
 * What is held at one moment: locked and pinned KiB of the agent, FOLL_PIN references not yet released, and how many
 * mappings VFIO still takes (dma_entry_limit, CVE-2019-3882; told from v5.10 on, 7d6e1329652e).
 */
export function accountingOf(record: AgentRecord | undefined): Accounting | undefined {
  const counters = countersSchema.safeParse(record);
  if (!counters.success || record?.ok !== true) return undefined;
  const { foll_pin_acquired: acquired, foll_pin_released: released } = counters.data;
  return {
    vmlck: counters.data.vmlck,
    vmpin: counters.data.vmpin,
    entries: counters.data.dma_avail,
    pinned: acquired === null || released === null ? null : acquired - released,
  };
}

/**
 * What is held more than at the start, in words, or undefined when all is back where it was. `stuck` is the number of
 * pages whose pins the kernel is known to keep: all of them may be, or none.
 */
export function leftBehind(start: Accounting, end: Accounting, stuck = 0): string | undefined {
  const pinned = start.pinned === null || end.pinned === null ? 0 : end.pinned - start.pinned;
  const entries = start.entries === null || end.entries === null ? 0 : end.entries - start.entries;
  const left = [
    difference('VmLck', end.vmlck - start.vmlck, 'KiB'),
    difference('VmPin', end.vmpin - start.vmpin, 'KiB'),
    pinned === 0 || pinned === stuck
      ? undefined
      : difference('nr_foll_pin_acquired - nr_foll_pin_released', pinned, 'pages'),
    difference('mappings that VFIO still takes', entries, ''),
  ].filter((line) => line !== undefined);
  return left.length === 0 ? undefined : left.join(', ');
}

/** What is held more than at the start, in words. */
export const heldSince = (start: Accounting, now: Accounting): string =>
  [
    `VmLck ${now.vmlck - start.vmlck} KiB`,
    `VmPin ${now.vmpin - start.vmpin} KiB`,
    start.pinned === null || now.pinned === null ? '' : `${now.pinned - start.pinned} pinned pages`,
  ]
    .filter((word) => word !== '')
    .join(', ');

function difference(what: string, amount: number, unit: string): string | undefined {
  return amount === 0 ? undefined : `${what} ${amount > 0 ? '+' : ''}${amount} ${unit}`.trimEnd();
}
