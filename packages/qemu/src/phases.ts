import type { Machine } from './machine.ts';

/**
 * The stretches of a boot, in order. `firmware` lasts until something is on the console, `ready` is the agent setting the
 * machine up, `plan` what the run is for.
 */
export type Phase = 'qemu-up' | 'firmware' | 'kernel' | 'init' | 'ready' | 'plan' | 'power-off';

/** Milliseconds that each phase may take, or go on without a record where there are records. */
export type Limits = Record<Phase, number>;

/**
 * Under TCG on two shared cores a boot of Debian's 6.1 takes 4 to 20 s, nearly all of it in `kernel`, and a set-up with its
 * file systems 5 to 20 s; no operation of a plan takes longer than 2 s. QEMU itself is up in a tenth of a second, but
 * was once not up in 20 s on a host that was building kernels. The limits are several times that: they
 * tell a hang from a slow host, they are no budget.
 */
const underTcg: Limits = {
  'qemu-up': 60_000,
  firmware: 60_000,
  kernel: 120_000,
  init: 30_000,
  ready: 60_000,
  plan: 45_000,
  'power-off': 30_000,
};

/** A processor of its own makes everything that the guest does about ten times as fast. */
const underKvm: Limits = {
  'qemu-up': 60_000,
  firmware: 10_000,
  kernel: 30_000,
  init: 10_000,
  ready: 30_000,
  plan: 20_000,
  'power-off': 10_000,
};

export const defaultLimits = { tcg: underTcg, kvm: underKvm };

/** What each phase of a machine may take. */
export const limitsFor = ({ accelerator, patience }: Machine): Limits => {
  const limits = Object.entries(defaultLimits[accelerator]);
  return Object.fromEntries(limits.map(([phase, ms]) => [phase, ms * patience])) as Limits;
};
