import { isDaxFile, hasFile, pagesOf, type Shape, type WorldOperation } from '../world/index.ts';

/** An operation on one area, whatever slot that is in; `area` is 0 until it is put in one. */
export type AreaOperation = Exclude<Extract<WorldOperation, { area: number }>, { op: 'mmap' }>;
export type WideOperation = Extract<WorldOperation, { op: 'open' | 'close' | 'fork' | 'exit' }>;

const shape = (
  parts: Shape['parts'],
  share: Shape['share'] = 'shared',
  prot: Shape['prot'] = 'rw',
): Shape => ({ parts, share, prot, touch: 'none' });

const page = (backing: Shape['parts'][number]['backing'], pages = 1) => ({ backing, pages });

/**
 * The memory that is handed to a device: one of each kind that pins differ for. What the process does to it (touch) is an
 * operation of its own; thp and hugetlb are to a pin what anon is.
 */
export const shapes: readonly Shape[] = [
  shape([page('fsdax-ext4')]),
  shape([page('fsdax-xfs')]),
  shape([page('fsdax-ext4')], 'private'),
  shape([page('fsdax-ext4')], 'shared', 'ro'),
  shape([page('anon')], 'private'),
  shape([page('page-cache')]),
  shape([page('memfd')]),
  shape([page('device-dax', 512)]),
  shape([page('anon'), page('fsdax-ext4')]),
];

export const wideOperations: readonly WideOperation[] = [
  { op: 'close' },
  { op: 'open' },
  { op: 'fork' },
  { op: 'exit' },
];

/** The two places of an area in its window: in each of them it may be mapped whole, or part by part. */
export const placesOf = ({ parts }: Shape): readonly [number, number] => [0, pagesOf(parts)];

/** All that the explorer does to an area of a shape. What happens to both of its places alike is the symmetry it folds. */
export function operationsOn(shape: Shape): readonly AreaOperation[] {
  const { parts } = shape;
  const whole = pagesOf(parts);
  const ranges = placesOf(shape).flatMap((place) => [
    ...(parts.length > 1 ? [{ at: place, first: 0, count: parts.length, pages: whole }] : []),
    ...parts.map(({ pages }, first) => ({
      at: place + pagesOf(parts.slice(0, first)),
      ...{ first, count: 1, pages },
    })),
  ]);
  const singles = ranges.filter(({ count }) => count === 1);
  return [
    ...ranges.flatMap(({ at, first, count }) =>
      (['rw', 'ro'] as const).map((asked): AreaOperation => ({
        ...{ op: 'map', area: 0, at, first, count, asked },
      })),
    ),
    ...parts.flatMap((part, index) => onPart(part, index, parts.length)),
    { op: 'munmap', area: 0 },
    ...ranges.map(({ at, pages }): AreaOperation => ({ op: 'unmap', area: 0, at, pages })),
    { op: 'unmap', area: 0, at: 0, pages: 2 * whole },
    ...singles.flatMap(({ at }): AreaOperation[] => [
      { op: 'dma-write', area: 0, at },
      { op: 'dma-read', area: 0, at },
    ]),
  ];
}

function onPart(part: Shape['parts'][number], index: number, of: number): AreaOperation[] {
  const ops: Extract<AreaOperation, { part: number }>['op'][] = [
    ...(hasFile(part) ? (['truncate', 'punch', 'unlink'] as const) : []),
    ...(isDaxFile(part) ? (['create'] as const) : []),
    'store',
    'load',
    'child-store',
    'child-load',
    // A hole in the only part is what munmap does.
    ...(of > 1 ? (['hole'] as const) : []),
  ];
  return ops.map((op): AreaOperation => ({ op, area: 0, part: index }));
}
