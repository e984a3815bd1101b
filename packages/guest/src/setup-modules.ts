/**
 * Modules that the guest needs before it is ready, without what they pull in. The order is part of the machine:
 * memmap= regions take the first pmem numbers only if nd_e820 comes before nfit, and ext4 wants a crc32c before it.
 */
export const setupModules = [
  'crc32c_generic',
  'crc32c-intel',
  'libnvdimm',
  'nd_e820',
  'nfit',
  'nd_pmem',
  'dax_pmem',
  'device_dax',
  'irqbypass',
  'ext4',
  'xfs',
] as const;
