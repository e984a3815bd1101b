import { atLeast, type KernelVersion } from '../kernel-version.ts';

/** A sentence, and the commit that made it true. */
export type Source = { readonly why: string; readonly commit: string };

/** What no answer turns on: it holds on every kernel that the model knows, or on all that may have the rule. */
export const sources = {
  longtermRefuses: {
    why: 'a long-term GUP refuses an fs-dax VMA',
    commit: '2bb6d2837083',
    from: [4, 15],
    stable: [
      [4, 9],
      [4, 14],
    ],
  },
  putsNoReserved: {
    why: 'put_pfn() of vfio_iommu_type1 passes over pages that are marked reserved, as those of persistent memory and the zero page are',
    commit: '73fa0d10d077',
  },
  memlock: {
    why: 'VFIO holds what it pins against RLIMIT_MEMLOCK',
    commit: '73fa0d10d077',
  },
  wholeMappings: {
    why: 'type1 v2 unmaps nothing in part',
    commit: '1ef3e2bc0422',
  },
} as const satisfies Record<string, Source | Era>;

export const saySource = ({ why, commit }: Source): string => `${why} (${commit})`;

export type Version = readonly [major: number, minor: number];

/** What a kernel does from a version on and did not do before. */
export type Era = Source & {
  readonly from: Version;
  /** What it did before, where that is told in other words than by a "not". */
  readonly before?: string;
  /** Since when it does so no more, and what ended it. */
  readonly until?: Version;
  readonly ended?: string;
  /** Older lines of which stable kernels were seen to have it as well: those that were looked at, and not all. */
  readonly stable?: readonly Version[];
};

/** Where kernels differ, as far as pinning pages for a device goes. */
export const eras = {
  looksFirst: {
    from: [5, 11],
    commit: '52650c8b466b',
    why: 'a long-term GUP looks at a VMA before it faults its pages in',
    before: 'a long-term GUP pins pages first, looks at their VMAs then and puts them again',
  },
  fileWritesRefused: {
    from: [6, 5],
    commit: '8ac268436e6d',
    why: 'a long-term pin for writing of a shared file mapping is refused',
  },
  xfsWaits: {
    from: [4, 18],
    commit: 'd6dc57e251a4',
    why: 'xfs waits for DAX pages in use',
    before: 'xfs takes blocks that a device still uses',
  },
  ext4Waits: {
    from: [4, 19],
    commit: '430657b6be89',
    why: 'ext4 waits for DAX pages in use',
    before: 'ext4 takes blocks that a device still uses',
  },
  evictionWaits: {
    from: [6, 15],
    commit: '0e2f80afcfa6',
    why: 'the eviction of an inode waits uninterruptibly for its DAX pages',
    before: 'an inode is evicted, and its blocks freed, with DAX pages in use',
  },
  // Of v4.15 itself: its stable kernels have what ended it (4.15.18 does).
  pmemUnmarked: {
    from: [4, 15],
    commit: 'f7f99100d8d9',
    why: 'pages of persistent memory lose the mark of reserved pages, so that VFIO counts them as locked and puts them again',
    until: [4, 16],
    ended: '9bb5a391f9a5',
  },
  batches: {
    from: [5, 12],
    commit: '4d83de6da265',
    why: 'VFIO has GUP pin pages in batches',
    before:
      'vfio_pin_pages_remote() pins the page that its run ends at, puts it, and pins it anew: a reserved page keeps both',
  },
  busyWhereUnmapped: {
    from: [6, 15],
    commit: 'cee91fa13a8e',
    why: 'dax_layout_busy_page_range() looks for pages in use of files that nobody has mapped, too',
    before:
      'dax_layout_busy_page_range() finds no page in use of a file that nobody has mapped any more, whatever a device has of it',
  },
  pfnmapAsksForWrite: {
    from: [5, 12],
    commit: '07956b6269d3',
    stable: [
      [5, 4],
      [5, 10],
    ],
    why: 'follow_fault_pfn() of vfio_iommu_type1 gives no memory of a device for writing that is mapped read only',
  },
  loneRefillKept: {
    from: [5, 12],
    commit: '4d83de6da265',
    why: 'vfio_pin_pages_remote() puts a page that makes a batch of its own and does not go on where the last one ended, and pins it anew: a reserved page keeps both',
    until: [6, 15],
    ended: 'eb996eec783c',
  },
  zeroPagePut: {
    from: [6, 0],
    commit: '873aefb376bb',
    stable: [
      [5, 10],
      [5, 15],
    ],
    why: 'VFIO puts the zero page again, reserved as it is',
  },
  zeroPageNotPinned: {
    from: [6, 5],
    commit: 'c8070b787519',
    why: 'GUP takes no pin on the zero page',
  },
  forkCopiesPinned: {
    from: [5, 9],
    commit: '70e806e4e645',
    why: 'fork() copies pinned pages for the child at once',
  },
  forkCopiesPinnedHugetlb: {
    from: [5, 12],
    commit: '4eae4efa2c29',
    why: 'fork() copies pinned pages of hugetlb for the child at once, too',
  },
  reuseAsksForPins: {
    from: [5, 9],
    commit: '09854ba94c6a',
    why: 'who writes to an anonymous page that was shared keeps it only if nobody else refers to it, a device included',
    before: 'who writes to an anonymous page that was shared keeps it if nobody else has it mapped',
  },
  readPinUnshares: {
    from: [5, 19],
    commit: 'a7f226604170',
    why: 'a pin for reading takes an anonymous page out of sharing first',
  },
  readPinCopies: {
    from: [6, 2],
    commit: '84209e87c696',
    why: 'a long-term pin for reading of a private mapping makes its own copy of the page first',
  },
  // Not in the first release candidates of 4.16, which the patch was made for.
  tellsDeviceDax: {
    from: [4, 16],
    commit: '230f5a8969d8',
    why: 'vma_is_fsdax() tells device-dax from filesystem-DAX by S_ISCHR()',
  },
  entryLimit: {
    from: [5, 1],
    commit: '492855939bdb',
    stable: [[4, 9]],
    why: 'a container takes no more than dma_entry_limit mappings (CVE-2019-3882)',
  },
} as const satisfies Record<string, Era>;

export type EraName = keyof typeof eras;

export const eraNames = Object.keys(eras) as EraName[];

export const sayVersion = ([major, minor]: Version): string => `${major}.${minor}`;

export const atVersion = ([major, minor]: Version): KernelVersion => ({ major, minor });

/** "from 4.19 on ext4 waits for DAX pages in use (430657b6be89)". */
export const sinceEra = ({ from, why, commit }: Era): string =>
  `from ${sayVersion(from)} on ${why} (${commit})`;

/** "up to 4.18 ext4 takes blocks that a device still uses (430657b6be89 ended it)". */
export const beforeEra = ({ from, before, why, commit }: Era): string =>
  `up to ${sayVersion(versionBefore(from))} ${before ?? `not: ${why}`} (${commit} ended it)`;

export const versionBefore = ([major, minor]: Version): Version =>
  minor === 0 ? [major - 1, lastMinor(major - 1)] : [major, minor - 1];

export const versionAfter = ([major, minor]: Version): Version =>
  minor === lastMinor(major) ? [major + 1, 0] : [major, minor + 1];

/** The last release of a major version of Linux. */
const lastMinor = (major: number): number => ({ 3: 19, 4: 20, 5: 19, 6: 19 })[major] ?? Infinity;

/** Whether a kernel of that version does so. */
export const isIn = ({ from, until, stable = [] }: Era, kernel: KernelVersion): boolean =>
  (atLeast(kernel, ...from) && !(until && atLeast(kernel, ...until))) ||
  stable.some(([major, minor]) => kernel.major === major && kernel.minor === minor);
