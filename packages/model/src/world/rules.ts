import { atLeast, type KernelVersion } from '../kernel-version.ts';

/** A sentence, and the commit that made it true. */
export type Source = { readonly why: string; readonly commit: string };

/** What a kernel does from a version on and did not do before. */
export type Era = Source & { readonly from: readonly [major: number, minor: number] };

/** Where kernels differ, as far as pinning pages for a device goes. */
export const eras = {
  looksFirst: {
    from: [5, 11],
    commit: '52650c8b466b',
    why: 'a long-term GUP looks at a VMA before it faults its pages in',
  },
  fileWritesRefused: {
    from: [6, 5],
    commit: '8ac268436e6d',
    why: 'a long-term pin for writing of a shared file mapping is refused',
  },
  xfsWaits: {
    from: [4, 18],
    commit: 'd6dc57e251a4',
    why: 'xfs waits for DAX pages in use before it takes their blocks',
  },
  ext4Waits: {
    from: [4, 19],
    commit: '430657b6be89',
    why: 'ext4 waits for DAX pages in use before it takes their blocks',
  },
  evictionWaits: {
    from: [6, 15],
    commit: '0e2f80afcfa6',
    why: 'the eviction of an inode waits for its DAX pages, and no signal ends that',
  },
  pmemReserved: {
    from: [4, 20],
    commit: '966cf44f637e',
    why: 'pages of persistent memory are marked reserved: VFIO neither counts them as locked nor puts them again (put_pfn())',
  },
  zeroPagePut: {
    from: [6, 0],
    commit: '873aefb376bb',
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
  readPinUnshares: {
    from: [5, 19],
    commit: 'c89357e27f20',
    why: 'a pin for reading takes an anonymous page out of sharing first',
  },
  readPinCopies: {
    from: [6, 2],
    commit: '84209e87c696',
    why: 'a long-term pin for reading of a private mapping makes its own copy of the page first',
  },
  tellsDeviceDax: {
    from: [4, 17],
    commit: '230f5a8969d8',
    why: 'vma_is_fsdax() tells device-dax from filesystem-DAX by S_ISCHR()',
  },
  entryLimit: {
    from: [5, 1],
    commit: '492855939bdb',
    why: 'a container takes no more than dma_entry_limit mappings (CVE-2019-3882)',
  },
} as const satisfies Record<string, Era>;

export type EraName = keyof typeof eras;

/** How a kernel pins memory for VFIO: with the fast GUP and no rule, or as a long-term pin. */
export type Pinning = 'gup-fast' | 'longterm';

/** A way to pin memory for VFIO, whatever kernel it stands in. */
export type Design = {
  readonly name: string;
  readonly title: string;
  /** `lease` was only ever planned. */
  readonly pinning: Pinning | 'lease';
  /** Memory is faulted in under the lock of the address space. */
  readonly locks: boolean;
  readonly source: Source;
};

/** Every design that a kernel had or that was proposed. */
export const designs = [
  {
    name: 'gup-fast',
    title: 'get_user_pages_fast(): no question about the file behind a page',
    pinning: 'gup-fast',
    locks: true,
    source: { why: 'VFIO up to 4.15', commit: '73fa0d10d077' },
  },
  {
    name: 'longterm-unlocked',
    title: 'a long-term GUP that is called without the lock of the address space',
    pinning: 'longterm',
    locks: false,
    source: { why: 'the patch as it was merged for 4.16', commit: '94db151dc892' },
  },
  {
    name: 'longterm',
    title: 'a long-term GUP, which refuses filesystem-DAX memory',
    pinning: 'longterm',
    locks: true,
    source: { why: 'VFIO from 4.18 on', commit: 'bb94b55af346' },
  },
  {
    name: 'lease',
    title: 'a lease on the layout of the file: the pin is given back when the file system asks',
    pinning: 'lease',
    locks: true,
    source: {
      why: 'what the message of this commit tells of as the plan for RDMA, and thinks of for VFIO; never merged',
      commit: '94db151dc892',
    },
  },
] as const satisfies readonly Design[];

export type DesignName = (typeof designs)[number]['name'];

/** @throws RangeError when there is no such design. */
export function designOf(name: string): Design {
  const found = designs.find((design) => design.name === name);
  if (!found) throw new RangeError(`no design "${name}"`);
  return found;
}

/** What holds in a world: the design under study, and which eras its kernel has reached. */
export type Rules = {
  readonly design: Pick<Design, 'pinning' | 'locks'>;
  readonly has: Readonly<Record<EraName, boolean>>;
  /** Mappings that a container takes. */
  readonly entryLimit: number;
};

/** Of vfio_iommu_type1, by default. */
const ENTRY_LIMIT = 65_535;

/** The rules of a kernel with a design in it. @param entryLimit of the module, where it is set to another */
export function rulesOf(
  design: Rules['design'],
  kernel: KernelVersion,
  entryLimit = ENTRY_LIMIT,
): Rules {
  const has = Object.fromEntries(
    Object.entries(eras).map(([name, { from }]) => [name, atLeast(kernel, from[0], from[1])]),
  ) as Rules['has'];
  return { design, has, entryLimit: has.entryLimit ? entryLimit : Infinity };
}
