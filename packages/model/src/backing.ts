/**
 * The kinds of memory behind a mapping. `half-fsdax` is one range, its first half anonymous, its second an fs-dax file;
 * `device-bar` is a device's own memory (VM_PFNMAP), which is mapped without GUP.
 */
export const backings = [
  'anon',
  'thp',
  'hugetlb',
  'memfd',
  'page-cache',
  'fsdax-ext4',
  'fsdax-xfs',
  'device-dax',
  'half-fsdax',
  'device-bar',
] as const;

export type Backing = (typeof backings)[number];

/** True for memory whose pages belong to a file on a filesystem mounted with DAX, wholly or in part. */
export const isFsdax = (backing: Backing): boolean =>
  backing === 'fsdax-ext4' || backing === 'fsdax-xfs' || backing === 'half-fsdax';
