import fc from 'fast-check';
import { backings } from '../../src/backing.ts';
import type { PartBacking, Shape, WorldOperation } from '../../src/world/index.ts';

const partBackings = backings.filter((backing): backing is PartBacking => backing !== 'half-fsdax');
const index = fc.nat({ max: 5 });
const pages = fc.integer({ min: 1, max: 2000 });
const prot = fc.constantFrom('rw' as const, 'ro' as const);

const shape: fc.Arbitrary<Shape> = fc.record({
  parts: fc.array(fc.record({ backing: fc.constantFrom(...partBackings), pages }), {
    minLength: 1,
    maxLength: 4,
  }),
  share: fc.constantFrom('shared' as const, 'private' as const),
  prot,
  touch: fc.constantFrom('write' as const, 'read' as const, 'none' as const),
});

const onPart = (
  ...ops: Extract<WorldOperation, { part: number }>['op'][]
): fc.Arbitrary<WorldOperation> =>
  fc.record({ op: fc.constantFrom(...ops), area: index, part: index });

/** Any operation that can be written down, whether or not it can be asked. */
export const arbitraryOperation: fc.Arbitrary<WorldOperation> = fc.oneof(
  fc.record({ op: fc.constant('mmap' as const), area: index, shape }),
  fc.record({ op: fc.constant('munmap' as const), area: index }),
  onPart('hole', 'load', 'store', 'child-load', 'child-store'),
  onPart('truncate', 'punch', 'unlink', 'create'),
  fc.record(
    {
      op: fc.constant('map' as const),
      area: index,
      at: pages,
      first: index,
      count: pages,
      asked: prot,
      limit: pages,
    },
    { requiredKeys: ['op', 'area', 'at', 'first', 'count', 'asked'] },
  ),
  fc.record({ op: fc.constant('unmap' as const), area: index, at: pages, pages }),
  fc.record({
    op: fc.constantFrom('dma-read' as const, 'dma-write' as const),
    area: index,
    at: pages,
  }),
  fc.record({
    op: fc.constantFrom('open', 'close', 'fork', 'exit'),
  }) as fc.Arbitrary<WorldOperation>,
);
