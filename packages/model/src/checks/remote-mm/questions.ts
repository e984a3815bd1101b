import { isFsdax, type Backing } from '../../backing.ts';
import { isWholeFile, keptPins, partsOf } from '../../expect/index.ts';
import { iova, operations as op, type Operation } from '../../plan.ts';
import { loadTestModule, removeTestModule } from '../../test-module.ts';
import type { CaseLeg } from '../cases/index.ts';
import { expectIn, pinnerIn } from '../mapping.ts';
import { bufferParts, IOVA, MiB, PAGE } from '../memory.ts';

/** Who has VFIO pin: the process that mapped the memory, or a kernel thread, whose mm is another. */
export type By = 'caller' | 'worker';

/** What a case asks about. */
export type Question = { backing: Backing; by: By };

/** The module that brings a device without an IOMMU, and the name of that device. */
export const moduleName = 'remote_pin';

/** Bytes that are pinned, one page at a time (vfio_iommu_type1_pin_pages()). */
const PINNED = 16 * PAGE;

const IOVA_TEXT = iova(IOVA);

/** Mapping pins nothing where no IOMMU is; device-dax is mapped in pages of 2 MiB. */
const mappedLength = (backing: Backing): number => (backing === 'device-dax' ? 2 * MiB : PINNED);

/** Pins, in pages, that the kernel keeps after vfio_unpin_pages(), which puts pages as an unmap does. */
export const keptOf = ({ backing }: Question, leg: CaseLeg): number =>
  // Each page is pinned by itself: no run of pages goes from one part into the next.
  partsOf(backing, PINNED / PAGE)
    .map((part) => keptPins(pinnerIn(leg), { parts: [part] }))
    .reduce((sum, kept) => sum + kept, 0);

/** What one leg does: map, have it pinned, give that back. */
export function planQuestion({ backing, by }: Question, leg: CaseLeg): Operation[] {
  const { id, name } = leg;
  const pins = expectIn(leg, backing).outcome === 'maps';
  const range = { iova: IOVA_TEXT, len: mappedLength(backing) };
  const buffer = name('memory');
  return [
    loadTestModule(moduleName, leg, id('insmod')),
    op.mediatedOpen({ device: moduleName }, id('open')),
    op.buffer(
      { name: buffer, parts: bufferParts(backing, range.len), touch: 'write' },
      id('buffer'),
    ),
    op.mediatedMap({ iova: IOVA_TEXT, buffer }, id('map')),
    op.counters(id('counters-start')),
    op.mediatedPin({ iova: IOVA_TEXT, len: PINNED, by }, id('pin')),
    op.counters(id('counters-pinned')),
    ...(pins ? [op.mediatedUnpin(id('unpin'))] : []),
    op.counters(id('counters-unpinned')),
    op.mediatedUnmap(range, id('unmap')),
    op.mediatedClose(id('close')),
    removeTestModule(moduleName, id('rmmod')),
    ...(!pins && isWholeFile(backing) ? [op.punch({ buffer }, id('punch'))] : []),
    // Pins that the kernel keeps (see keptOf) would make an unlink print a WARNING, and be found by whoever is
    // given the blocks next: where the patch refuses too little, too.
    op.release({ name: buffer, file: isFsdax(backing) ? 'keep' : 'unlink' }, id('release')),
  ];
}
