import type { Backing } from '../backing.ts';
import type { KernelVersion } from '../kernel-version.ts';
import {
  keptIn,
  pagesOf,
  rulesOf,
  run,
  type Errno,
  type PartShape,
  type Pinning,
  type Rules,
  type WorldOperation,
} from '../world/index.ts';
import { partsOf, shapeOf, type MappedAs } from './memory.ts';

export type Expectation =
  | { readonly outcome: 'maps'; readonly why: string }
  | { readonly outcome: 'refused'; readonly errno: Errno; readonly why: string };

/** A kernel, and how VFIO pins in it. */
export type Pinner = { readonly pinning: Pinning; readonly kernel: KernelVersion };

/** A range of memory, how it is mapped into the process, and what for it is asked to be mapped for the device. */
export type Memory = MappedAs & { readonly parts: readonly PartShape[] };

export const rulesFor = ({ pinning, kernel }: Pinner): Rules =>
  rulesOf({ pinning, locks: true }, kernel);

/** What VFIO_IOMMU_MAP_DMA does with a range. @param limit RLIMIT_MEMLOCK in pages, for a process it holds for */
export const expectRange = (pinner: Pinner, memory: Memory, limit?: number): Expectation =>
  expectLast(mapping(memory, limit), pinner);

/** The same of anonymous memory with nothing mapped behind its first page. */
export function expectWithHole(pinner: Pinner): Expectation {
  const parts = [1, 1].map((pages) => ({ backing: 'anon', pages }) as const);
  const [mmap, map] = mapping({ parts });
  return expectLast([mmap, { op: 'hole', area: 0, part: 1 }, map], pinner);
}

/** What the map at the end of a sequence does. */
function expectLast(operations: readonly WorldOperation[], pinner: Pinner): Expectation {
  const map = run(operations, rulesFor(pinner)).results.at(-1);
  if (map?.outcome === 'maps') return { outcome: 'maps', why: map.why };
  if (map?.outcome === 'refused') return map;
  throw new RangeError('the model does not say what comes of a map');
}

/** The same of memory of one kind, by default for reading and writing, with memory that can be written. */
export const expectMap = (
  pinning: Pinning,
  backing: Backing,
  kernel: KernelVersion,
  mapping: MappedAs = {},
): Expectation => expectRange({ pinning, kernel }, { ...mapping, parts: partsOf(backing, SOME) });

const SOME = 2;

/** Pins, in pages, that a kernel keeps of a range that was asked to be mapped, and unmapped where it was. */
export function keptPins(pinner: Pinner, memory: Memory): number {
  const operations: WorldOperation[] = [
    ...mapping(memory),
    { op: 'unmap', area: 0, at: 0, pages: pagesOf(memory.parts) },
    { op: 'munmap', area: 0 },
  ];
  return keptIn(run(operations, rulesFor(pinner)).world);
}

/** Memory is made, and all of it asked to be mapped. */
export const mapping = (
  { parts, asked = 'rw', ...how }: Memory,
  limit?: number,
): [mmap: WorldOperation, map: WorldOperation] => [
  { op: 'mmap', area: 0, shape: shapeOf(parts, how) },
  {
    ...{ op: 'map', area: 0, at: 0, first: 0, count: parts.length, asked },
    ...(limit !== undefined && { limit }),
  },
];
