import type { Machine } from './machine.ts';

const consoles = ['console=ttyS0', 'printk.time=1'];

/** A panic, or an oops turned into one, restarts the guest at once, and QEMU ends where a guest restarts. */
const ends = ['panic=-1', 'oops=panic'];

const iommu = ['intel_iommu=on'];

/** Whatever a kernel draws by lot is fixed, so that two boots lay the same memory out alike. */
const layout = ['nokaslr', 'norandmaps', 'randomize_kstack_offset=off'];

const memmap = ({ memmap: regions }: Machine): string[] =>
  regions.map(({ startMiB, sizeMiB }) => `memmap=${sizeMiB}M!${startMiB}M`);

/**
 * Finding out how fast the local APIC's timer runs takes a loop of a tenth of a second that reads the time stamp
 * counter ten million times: three seconds of a counted boot. The HPET, whose rate is known, ticks instead.
 */
const ticks = ['nolapic_timer'];

/** The kernel's command line, as words. */
export const kernelCommandLine = (machine: Machine): string[] => [
  ...consoles,
  ...ends,
  ...iommu,
  ...memmap(machine),
  `hugepages=${machine.hugepages}`,
  ...(machine.counted ? [...layout, ...ticks] : []),
  ...machine.kernelOptions,
];
