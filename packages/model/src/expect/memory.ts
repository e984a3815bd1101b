import type { Backing } from '../backing.ts';
import type { PartShape, Protection, Shape } from '../world/index.ts';

/** How memory is mapped into the process, and what for it is asked to be mapped for the device. */
export type MappedAs = {
  /** By default private for anonymous memory alone, shared where there is any other. */
  readonly share?: Shape['share'];
  /** What the process may do. */
  readonly prot?: Protection;
  /** What the process does to all of it first; by default all that it may do. */
  readonly touch?: Shape['touch'];
  /** What the device is to do. */
  readonly asked?: Protection;
};

/** The parts of a range of that backing, in pages. */
export function partsOf(backing: Backing, pages: number): PartShape[] {
  if (backing !== 'half-fsdax') return [{ backing, pages }];
  return [
    { backing: 'anon', pages: pages / 2 },
    { backing: 'fsdax-ext4', pages: pages / 2 },
  ];
}

export type Anonymous = 'anon' | 'thp' | 'hugetlb';

export const isAnonymous = (backing: Backing): backing is Anonymous =>
  backing === 'anon' || backing === 'thp' || backing === 'hugetlb';

/** Memory as the agent makes it (`buffer` in qemu/guest/PLAN.md). */
export function shapeOf(
  parts: readonly PartShape[],
  { share, prot = 'rw', touch = prot === 'ro' ? 'read' : 'write' }: MappedAs,
): Shape {
  const isAllAnonymous = parts.every(({ backing }) => isAnonymous(backing));
  return { parts, share: share ?? (isAllAnonymous ? 'private' : 'shared'), prot, touch };
}
