import { eras, isIn, type EraName, type Source, type Version } from './eras.ts';
import { atLeast, type KernelVersion } from '../kernel-version.ts';

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
  /** How that comes. */
  readonly lock: string;
  /** Device-dax is taken for filesystem-DAX. */
  readonly confusesDeviceDax?: true;
  readonly source: Source;
  /** The kernels that have it, as they were released. */
  readonly from?: Version;
  readonly until?: Version;
};

/** Every design that a kernel had or that was proposed. */
export const designs = [
  {
    name: 'gup-fast',
    title: 'get_user_pages_fast(): no question about the file behind a page',
    pinning: 'gup-fast',
    locks: true,
    lock: 'get_user_pages_fast() takes mmap_lock by itself where it has to fault',
    source: { why: 'VFIO up to 4.15', commit: '73fa0d10d077' },
    until: [4, 16],
  },
  {
    name: 'longterm-unlocked',
    title: 'a long-term GUP that is called without the lock of the address space',
    pinning: 'longterm',
    locks: false,
    lock: 'a long-term GUP wants its caller to hold mmap_lock (bb94b55af346 mends that)',
    source: { why: 'the patch as it was merged for 4.16', commit: '94db151dc892' },
    from: [4, 16],
    until: [4, 18],
  },
  {
    name: 'longterm-any-dax',
    title: 'the same where device-dax is taken for filesystem-DAX',
    pinning: 'longterm',
    locks: false,
    lock: 'a long-term GUP wants its caller to hold mmap_lock (bb94b55af346 mends that)',
    confusesDeviceDax: true,
    source: {
      why: 'the patch on a tree without its prerequisite 230f5a8969d8, such as v4.15',
      commit: '94db151dc892',
    },
  },
  {
    name: 'longterm',
    title: 'a long-term GUP, which refuses filesystem-DAX memory',
    pinning: 'longterm',
    locks: true,
    lock: 'a long-term GUP wants its caller to hold mmap_lock (bb94b55af346)',
    source: { why: 'VFIO from 4.18 on', commit: 'bb94b55af346' },
    from: [4, 18],
  },
  {
    name: 'lease',
    title: 'a lease on the layout of the file: the pin is given back when the file system asks',
    pinning: 'lease',
    locks: true,
    lock: 'a long-term GUP wants its caller to hold mmap_lock (bb94b55af346)',
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

/** The rule as a kernel was released with it; before 4.16, which had none, as the patch would bring it. */
export function ruleIn(kernel: KernelVersion): DesignName {
  const isAsReleased = ({ from, until }: Design): boolean =>
    from !== undefined && atLeast(kernel, ...from) && !(until && atLeast(kernel, ...until));
  return designs.find(isAsReleased)?.name ?? 'longterm-unlocked';
}

/** What holds in a world: the design under study, and which eras its kernel has reached. */
export type Rules = {
  readonly design: Pick<Design, 'pinning' | 'locks' | 'confusesDeviceDax'>;
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
    Object.entries(eras).map(([name, era]) => [name, isIn(era, kernel)]),
  ) as Rules['has'];
  return { design, has, entryLimit: has.entryLimit ? entryLimit : Infinity };
}
