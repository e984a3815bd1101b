import type { PartBacking, PartShape, Shape, WorldOperation } from '../world/index.ts';

/** The values of a word, those that a reader has to think least about first. */
export const simplest = {
  share: ['shared', 'private'],
  prot: ['rw', 'ro'],
  touch: ['write', 'none', 'read'],
  backing: [
    'anon',
    'memfd',
    'page-cache',
    'fsdax-ext4',
    'fsdax-xfs',
    'thp',
    'hugetlb',
    'device-dax',
    'device-bar',
  ],
} as const satisfies {
  [word in 'share' | 'prot' | 'touch']: readonly Shape[word][];
} & { backing: readonly PartBacking[] };

/** A page of such memory is 2 MiB. */
const isHuge = ({ backing }: Pick<PartShape, 'backing'>): boolean =>
  backing === 'thp' || backing === 'hugetlb' || backing === 'device-dax';

/** The least that such memory can be mapped of, in pages of 4 KiB. */
export const leastPages = (part: Pick<PartShape, 'backing'>): number => (isHuge(part) ? 512 : 1);

/** Whether a process can map and touch memory so. */
export const canBeMapped = ({ prot, touch, share, parts }: Shape): boolean =>
  (prot === 'rw' || touch !== 'write') &&
  (share === 'shared' || parts.every(({ backing }) => backing !== 'device-bar'));

/** How much a reader has to take in: operations first, then what stands in them. */
export function weightOf(sequence: readonly WorldOperation[]): number {
  const details = sequence.reduce((sum, operation) => sum + detailsOf(operation), 0);
  return sequence.length * MUCH + details;
}

/** More than the details of any operation come to. */
const MUCH = 1e6;

function detailsOf(operation: WorldOperation): number {
  const slot = 'area' in operation ? operation.area : 0;
  switch (operation.op) {
    case 'mmap': {
      const { parts, share, prot, touch } = operation.shape;
      const words =
        simplest.share.indexOf(share) + simplest.prot.indexOf(prot) + simplest.touch.indexOf(touch);
      return slot + words + parts.reduce((sum, part) => sum + detailsOfPart(part), 0);
    }
    case 'map':
      return (
        slot +
        digits(operation.at) +
        operation.first +
        operation.count +
        simplest.prot.indexOf(operation.asked) +
        ('limit' in operation ? 10 : 0)
      );
    case 'unmap':
      return slot + digits(operation.at) + digits(operation.pages);
    case 'dma-read':
    case 'dma-write':
      return slot + digits(operation.at);
    default:
      return slot;
  }
}

const detailsOfPart = ({ backing, pages }: PartShape): number =>
  20 + simplest.backing.indexOf(backing) + digits(pages);

const digits = (pages: number): number => Math.log2(pages + 1);
