import type { Backing } from '../backing.ts';

/** What memory may be used for: by a process (mmap), by a device (VFIO_DMA_MAP_FLAG_READ and _WRITE, or _READ alone). */
export type Protection = 'rw' | 'ro';

/** Kinds of memory that a part of an area is made of; `half-fsdax` is two parts. */
export type PartBacking = Exclude<Backing, 'half-fsdax'>;

export type PartShape = {
  readonly backing: PartBacking;
  /** In pages of 4 KiB. */
  readonly pages: number;
};

/** How memory is mapped into a process: an area is one mmap() for each of its parts, side by side. */
export type Shape = {
  readonly parts: readonly PartShape[];
  readonly share: 'shared' | 'private';
  /** What the process may do with it. */
  readonly prot: Protection;
  /** What the process does to all of it at once. */
  readonly touch: 'write' | 'read' | 'none';
};

export const isDaxFile = ({ backing }: PartShape): boolean =>
  backing === 'fsdax-ext4' || backing === 'fsdax-xfs';

/** Memory with a file behind it that has a name. */
export const hasFile = (part: PartShape): boolean =>
  isDaxFile(part) || part.backing === 'page-cache';

/** Pages that belong to what is mapped, so that who writes to a private mapping gets a copy. */
export const hasPagesOfItsOwn = (part: PartShape): boolean =>
  hasFile(part) || part.backing === 'memfd' || part.backing === 'device-dax';

/** Pages of some parts, one after the other. */
export const rangePages = (
  parts: readonly PartShape[],
  { first, count }: { readonly first: number; readonly count: number },
): number => pagesOf(parts.slice(first, first + count));

/** Pages of all parts together. */
export const pagesOf = (parts: readonly PartShape[]): number =>
  parts.reduce((sum, { pages }) => sum + pages, 0);
