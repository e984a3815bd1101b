import type { Rules } from './rules.ts';
import type { PartShape } from './shapes.ts';

/** VFIO_BATCH_MAX_CAPACITY: pages that VFIO has GUP pin in one go. */
const CAPACITY = 512;

/** A range that is to be pinned, in pages: parts one after the other. */
export type Range = readonly PartShape[];

const hasPages = ({ backing }: PartShape): boolean => backing !== 'device-bar';

/** Where the part begins in its range. */
export const startOf = (range: Range, part: number): number =>
  range.slice(0, part).reduce((sum, { pages }) => sum + pages, 0);

/**
 * The first page behind the batch that a page is pinned with, as long as GUP finds pages. A device's own memory has none,
 * so that a batch ends before it, and the next begins behind it.
 */
export function endOfBatch(range: Range, part: number, page: number, { has }: Rules): number {
  if (!has.batches) return page + 1;
  const start = startOfRun(range, part);
  return start + (Math.floor((page - start) / CAPACITY) + 1) * CAPACITY;
}

/**
 * Whether a part is a batch of its own that was begun because another was used up. VFIO looks whether its page goes on
 * where that one ended, which a part of another kind never does.
 * @param pinned parts of the range that were pinned, from its first on
 */
export function isLoneRefill(range: Range, part: number, pinned: number): boolean {
  const shape = range[part];
  const start = startOf(range, part);
  if (shape?.pages !== 1 || start === 0) return false;
  const next = range[part + 1];
  const endsThere = !next || !hasPages(next) || part + 1 >= pinned;
  return endsThere && (start - startOfRun(range, part)) % CAPACITY === 0;
}

function startOfRun(range: Range, part: number): number {
  const before = range.slice(0, part).findLastIndex((shape) => !hasPages(shape));
  return startOf(range, before + 1);
}
