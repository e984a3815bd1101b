/**
 * Modules that the guest needs before it is ready, without what they pull in. The order is part of the machine:
 * memmap= regions take the first pmem numbers only if nd_e820 comes before nfit, and ext4 wants a crc32c before it.
 * Newer kernels have that in their library and not as a module.
 */
export const setupModules = [
  { name: 'crc32c_generic', optional: true },
  { name: 'crc32c-intel', optional: true },
  'libnvdimm',
  'nd_e820',
  'nfit',
  'nd_pmem',
  'dax_pmem',
  'device_dax',
  'ext4',
  'xfs',
] as const;
