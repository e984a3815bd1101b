/** What QEMU is asked to emulate, without a path of any host in it. */
export type Machine = {
  accelerator: 'tcg' | 'kvm';
  /** A `-cpu` value. */
  cpu: string;
  /** Counts instructions instead of reading a clock: one is one nanosecond of guest time. TCG only. */
  counted: boolean;
  memoryMiB: number;
  /** 2 MiB pages set aside for hugetlb. */
  hugepages: number;
  /** Ranges of guest memory that the kernel turns into /dev/pmem devices with struct pages (`memmap=nn!ss`). */
  memmap: readonly MemmapRegion[];
  nvdimms: readonly Nvdimm[];
  /** More words for the kernel's command line. */
  kernelOptions: readonly string[];
  /** QEMU may enter the kernel without its decompressor, where it can. */
  direct: boolean;
  /** How many times the usual time limits its kernel may take. */
  patience: number;
};

export type MemmapRegion = { startMiB: number; sizeMiB: number };

/** `payload` is the one whose content is exchanged while the machine stands still. */
export type Nvdimm = { name: 'fsdax' | 'devdax' | 'payload'; sizeMiB: number };

/**
 * A q35 with an Intel IOMMU, an edu device and five pieces of persistent memory.
 *
 * Sizes: xfs is not made below 300 MiB (mkfs.xfs 5.19 and later), and fsdax and devdax namespaces lose their struct pages
 * (64 bytes per 4 KiB) and up to 2 MiB of alignment. Each nvdimm but the last and each memmap region is a multiple of
 * 128 MiB, the section that kernels before 5.3 hot-add whole (devm_memremap_pages() of 4.15 refuses "mixed" ones). The
 * memmap regions lie above the kernel and its initramfs and below 1 GiB, with a gap between them, or the kernel makes
 * them one.
 */
export const standardMachine: Machine = {
  accelerator: 'tcg',
  cpu: 'max',
  counted: true,
  memoryMiB: 1024,
  hugepages: 32,
  memmap: [
    { startMiB: 512, sizeMiB: 128 },
    { startMiB: 768, sizeMiB: 128 },
  ],
  nvdimms: [
    { name: 'fsdax', sizeMiB: 384 },
    { name: 'devdax', sizeMiB: 128 },
    { name: 'payload', sizeMiB: 8 },
  ],
  kernelOptions: [],
  direct: true,
  patience: 1,
};

/**
 * The same for kernels that check themselves: KASAN takes an eighth of all memory for its shadow, what it frees it holds
 * back for a while, and each page has its owner's account beside it. Who owns a page is only noted where it is asked for.
 * The code of the direct entry is instrumented and runs before there is a shadow (arch/x86/platform/pvh/enlighten.c; 6.1
 * dies there without a word).
 */
export const debugMachine: Machine = {
  ...standardMachine,
  memoryMiB: 2048,
  kernelOptions: ['page_owner=on'],
  direct: false,
  patience: 5,
};

/** The edu device's (1234:11e8) slot on the root bus. */
export const eduSlot = 3;

/** The edu device as the guest's kernel names it. */
export const eduAddress = `0000:00:${eduSlot.toString(16).padStart(2, '0')}.0`;

/** Where the agent asks to be stopped: QEMU's ISA pvpanic device, docs/specs/pvpanic. */
export const pvpanicPort = 0x505;
