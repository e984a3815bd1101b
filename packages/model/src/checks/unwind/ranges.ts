import type { Backing } from '../../backing.ts';
import { MiB, PAGE } from '../memory.ts';

/** A part of a range, in bytes. */
export type Part = readonly [
  backing: 'anon' | 'thp' | 'hugetlb' | 'fsdax-ext4' | 'fsdax-xfs',
  bytes: number,
];

/** A range that is refused half way: where in it filesystem-DAX memory lies. */
export type Range = { readonly name: string; readonly parts: readonly Part[] };

/** vfio_pin_pages_remote() has GUP pin as many pages at once as a page holds pointers (4d83de6da265, v5.12). */
const BATCH = 512 * PAGE;
const SOME = 16 * PAGE;

export const ranges: readonly Range[] = [
  {
    name: 'anon, then fs-dax',
    parts: [
      ['anon', SOME],
      ['fsdax-ext4', SOME],
    ],
  },
  {
    name: 'fs-dax, then anon',
    parts: [
      ['fsdax-ext4', SOME],
      ['anon', SOME],
    ],
  },
  {
    name: 'anon, then fs-dax on xfs',
    parts: [
      ['anon', SOME],
      ['fsdax-xfs', SOME],
    ],
  },
  {
    name: 'one fs-dax page amid many',
    parts: [
      ['anon', MiB],
      ['fsdax-ext4', PAGE],
      ['anon', MiB],
    ],
  },
  {
    name: 'last page of the first 512',
    parts: [
      ['anon', BATCH - PAGE],
      ['fsdax-ext4', PAGE],
      ['anon', PAGE],
    ],
  },
  {
    name: 'first page after 512',
    parts: [
      ['anon', BATCH],
      ['fsdax-ext4', SOME],
    ],
  },
  {
    name: 'amid the second 512',
    parts: [
      ['anon', BATCH + SOME],
      ['fsdax-ext4', SOME],
    ],
  },
  {
    name: 'hugetlb, then fs-dax',
    parts: [
      ['hugetlb', 2 * MiB],
      ['fsdax-ext4', SOME],
    ],
  },
  {
    name: 'thp, then fs-dax',
    parts: [
      ['thp', 2 * MiB],
      ['fsdax-ext4', SOME],
    ],
  },
];

export const partsOf = ({ parts }: Pick<Range, 'parts'>): string =>
  parts.map(([backing, bytes]) => `${backing}:${bytes}`).join(',');

export const lengthOf = ({ parts }: Pick<Range, 'parts'>): number =>
  parts.reduce((sum, [, bytes]) => sum + bytes, 0);

export const backingsOf = ({ parts }: Pick<Range, 'parts'>): Backing[] => [
  ...new Set(parts.map(([backing]) => backing)),
];

/** Where the filesystem-DAX part of a range lies in it. */
export function fsdaxIn({ parts }: Pick<Range, 'parts'>): {
  backing: Backing;
  off: number;
  len: number;
} {
  const at = parts.findIndex(([backing]) => backing.startsWith('fsdax'));
  const [backing, len] = parts[at] ?? (['fsdax-ext4', 0] as const);
  return { backing, off: lengthOf({ parts: parts.slice(0, at) }), len };
}
