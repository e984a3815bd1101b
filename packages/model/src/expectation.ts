import { isFsdax, type Backing } from './backing.ts';
import { atLeast, type KernelVersion } from './kernel-version.ts';

export type Errno = 'EOPNOTSUPP' | 'EFAULT' | 'ENOMEM';
export type Expectation =
  | { readonly outcome: 'maps'; readonly why: string }
  | { readonly outcome: 'refused'; readonly errno: Errno; readonly why: string };

/** How a kernel pins memory for VFIO: with the fast GUP and no rule, or as a long-term pin. */
export type Pinning = 'gup-fast' | 'longterm';

/** What a mapping is asked for with: VFIO_DMA_MAP_FLAG_READ and _WRITE, or _READ alone. */
export type Protection = 'rw' | 'ro';

/** How memory is mapped into the process, and what for it is asked to be mapped for the device. */
export type Mapping = {
  readonly share?: 'shared' | 'private';
  /** What the process may do. */
  readonly prot?: Protection;
  /** What the device is to do. */
  readonly asked?: Protection;
};

/** Part of v4.16, but not of all its release candidates, and of later 4.14.y. */
const deviceDaxPrerequisite =
  'vma_is_fsdax() has to tell device-dax from it by S_ISCHR(): prerequisite 230f5a8969d8';

/** What VFIO_IOMMU_MAP_DMA is expected to do; by default for reading and writing, with memory that can be written. */
export function expectMap(
  pinning: Pinning,
  backing: Backing,
  kernel: KernelVersion,
  { share = 'shared', prot = 'rw', asked = 'rw' }: Mapping = {},
): Expectation {
  // Up to 5.10 a long-term GUP pins the pages first and looks at their VMAs afterwards.
  const looksFirst = atLeast(kernel, 5, 11);
  const refusesVma = pinning === 'longterm' && isFsdax(backing);
  if (prot === 'ro' && asked === 'rw' && !(refusesVma && looksFirst)) {
    return {
      outcome: 'refused',
      errno: 'EFAULT',
      why: 'GUP writes through no VMA without VM_WRITE (check_vma_flags() in mm/gup.c)',
    };
  }
  if (pinning === 'gup-fast') {
    return { outcome: 'maps', why: 'the fast GUP asks nothing about the file behind a page' };
  }
  if (refusesVma) {
    return {
      outcome: 'refused',
      errno: 'EOPNOTSUPP',
      why: looksFirst
        ? 'check_vma_flags() refuses FOLL_LONGTERM on an fs-dax VMA (52650c8b466b)'
        : 'a long-term GUP refuses an fs-dax VMA (2bb6d2837083)',
    };
  }
  if (backing === 'page-cache' && share === 'shared' && asked === 'rw' && atLeast(kernel, 6, 5)) {
    return {
      outcome: 'refused',
      errno: 'EFAULT',
      why: 'from 6.5 a long-term pin for writing of a shared file mapping is refused (8ac268436e6d)',
    };
  }
  const why = 'the rule names only filesystem-DAX memory';
  if (backing === 'device-dax' && !atLeast(kernel, 4, 17)) {
    return { outcome: 'maps', why: `${why} (${deviceDaxPrerequisite})` };
  }
  return { outcome: 'maps', why };
}

/** An expectation in the words of the report. */
export const describeExpectation = (expected: Expectation): string =>
  expected.outcome === 'maps' ? 'mapped' : `refused ${expected.errno}`;
