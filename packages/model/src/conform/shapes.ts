import type { PartShape, Shape } from '../world/index.ts';

/*
 * The memory that sequences are made of. A refusal that comes first in a range says little of its unwinding: in most of
 * what is mixed other memory comes before it, also more than VFIO pins in one go (VFIO_BATCH_MAX_CAPACITY, 512 pages).
 */

const part = (backing: PartShape['backing'], pages: number): PartShape => ({ backing, pages });

type Weighted = { readonly weight: number; readonly parts: readonly PartShape[] };

const HUGE = 512;

/** Simpler ones first: what shrinks ends there. */
export const layouts: readonly Weighted[] = [
  { weight: 6, parts: [part('anon', 1)] },
  { weight: 8, parts: [part('fsdax-ext4', 1)] },
  { weight: 6, parts: [part('fsdax-xfs', 1)] },
  { weight: 3, parts: [part('anon', 4)] },
  { weight: 3, parts: [part('fsdax-ext4', 4)] },
  { weight: 2, parts: [part('fsdax-xfs', 3)] },
  { weight: 3, parts: [part('memfd', 2)] },
  { weight: 4, parts: [part('page-cache', 1)] },
  { weight: 2, parts: [part('page-cache', 3)] },
  { weight: 2, parts: [part('device-bar', 2)] },
  { weight: 2, parts: [part('device-dax', HUGE)] },
  { weight: 2, parts: [part('hugetlb', HUGE)] },
  { weight: 2, parts: [part('thp', HUGE)] },
  { weight: 6, parts: [part('anon', 2), part('fsdax-ext4', 1)] },
  { weight: 4, parts: [part('fsdax-xfs', 1), part('anon', 2)] },
  { weight: 3, parts: [part('anon', 1), part('anon', 1), part('anon', 1)] },
  { weight: 3, parts: [part('anon', 1), part('fsdax-ext4', 1), part('anon', 1)] },
  { weight: 2, parts: [part('anon', 1), part('fsdax-ext4', 1), part('fsdax-xfs', 1)] },
  { weight: 2, parts: [part('page-cache', 1), part('fsdax-ext4', 1)] },
  { weight: 2, parts: [part('memfd', 1), part('anon', 1), part('page-cache', 1)] },
  { weight: 2, parts: [part('anon', 600), part('fsdax-ext4', 1)] },
  { weight: 1, parts: [part('anon', HUGE), part('fsdax-xfs', 2)] },
  { weight: 1, parts: [part('thp', HUGE), part('fsdax-ext4', 1)] },
  { weight: 1, parts: [part('hugetlb', HUGE), part('fsdax-ext4', 1)] },
  { weight: 1, parts: [part('device-dax', HUGE), part('fsdax-xfs', 1)] },
  { weight: 1, parts: [part('anon', 1), part('device-bar', 1)] },
];

/** How memory is mapped into the process; the likeliest stand there more than once. */
export const manners: readonly Omit<Shape, 'parts'>[] = [
  { share: 'shared', prot: 'rw', touch: 'none' },
  { share: 'private', prot: 'rw', touch: 'none' },
  { share: 'shared', prot: 'rw', touch: 'write' },
  { share: 'private', prot: 'rw', touch: 'write' },
  { share: 'shared', prot: 'rw', touch: 'none' },
  { share: 'private', prot: 'rw', touch: 'none' },
  { share: 'shared', prot: 'rw', touch: 'write' },
  { share: 'private', prot: 'rw', touch: 'write' },
  { share: 'shared', prot: 'rw', touch: 'read' },
  { share: 'private', prot: 'rw', touch: 'read' },
  { share: 'shared', prot: 'rw', touch: 'write' },
  { share: 'private', prot: 'rw', touch: 'write' },
  { share: 'shared', prot: 'ro', touch: 'none' },
  { share: 'private', prot: 'ro', touch: 'none' },
  { share: 'shared', prot: 'ro', touch: 'read' },
  { share: 'private', prot: 'ro', touch: 'read' },
];
