import { isFsdax, type Backing } from '../../backing.ts';
import { keptPins, partsOf, punchWaits, type Expectation } from '../../expect/index.ts';
import type { KernelVersion } from '../../kernel-version.ts';
import { iova, operations as op, type Operation } from '../../plan.ts';
import type { Variant } from '../../result.ts';
import type { CheckContext } from '../check.ts';
import type { Protection } from '../../world/index.ts';
import { expectIn, pinnerIn } from '../mapping.ts';
import { bufferParts, EDU_PIECE, IOVA, MiB, PAGE } from '../memory.ts';

export const name = 'pin-refusal';

/** Enough to see that an IOVA is free again. */
const AGAIN = 16 * PAGE;
/** Patterns that differ from each other. */
const SOURCE = 94;
const OTHER = 15;

/**
 * True for the first leg of each variant, which asks everything. The later ones ask whether the rule and its absence
 * still hold when the modules have been swapped back: QEMU's edu takes 100 ms of guest time for each transfer, and
 * pages take time to be made.
 */
export const isFull = (leg: number): boolean => leg < 2;

export const idOf = (backing: Backing, step: string): string => `${name}.${backing}.${step}`;

/** True where a backing is asked about in a leg: later on, what the rule names and what it surely does not. */
export const isAsked = (backing: Backing, leg: number): boolean =>
  isFull(leg) || isFsdax(backing) || backing === 'anon';

/** Longer than the 512 pages that vfio_pin_pages_remote() pins at once. */
const beyondOneBatch: readonly Backing[] = ['anon', 'fsdax-ext4'];

/** Bytes. Huge pages and device-dax come in 2 MiB; what need not be long is short, and quick to make. */
export function lengthOf(backing: Backing, leg: number): number {
  if (['thp', 'hugetlb', 'device-dax'].includes(backing)) return 2 * MiB;
  return isFull(leg) && beyondOneBatch.includes(backing) ? 2 * MiB + 16 * PAGE : 32 * PAGE;
}

/** Memory of each page size, that of a file, and both in one. */
const copied: readonly Backing[] = ['anon', 'thp', 'hugetlb', 'fsdax-ext4', 'half-fsdax'];

/** True where the device copies something through the mapping. */
export const asksDevice = (backing: Backing, leg: number): boolean =>
  isFull(leg) && copied.includes(backing);

/** DAX memory may come without struct pages, a device's own never has them, everything else cannot lack them. */
export const needsStructPageProof = (backing: Backing): boolean =>
  backing.startsWith('fsdax') || backing === 'device-dax';

export const expectationOf = (
  variant: Variant,
  backing: Backing,
  context: CheckContext,
  protection: Protection = 'rw',
): Expectation => expectIn({ variant, context }, backing, { asked: protection });

/** Pins of a mapping, in pages, that the kernel keeps after its unmap. */
export const keptOf = (
  variant: Variant,
  backing: Backing,
  context: CheckContext,
  leg: number,
  asked: Protection = 'rw',
): number =>
  keptPins(pinnerIn({ variant, context }), {
    parts: partsOf(backing, lengthOf(backing, leg) / PAGE),
    asked,
  });

/** True where a hole punch shows a reference that a refusal left on a page of the file. */
export const asksPunch = (
  expected: Expectation,
  backing: Backing,
  kernel: KernelVersion,
): boolean => expected.outcome === 'refused' && isFsdax(backing) && punchWaits(backing, kernel);

/** What is asked of one backing in one leg. */
export function planBacking(
  variant: Variant,
  backing: Backing,
  context: CheckContext,
  leg: number,
): Operation[] {
  const expected = expectationOf(variant, backing, context);
  const maps = expected.outcome === 'maps';
  const id = (step: string): string => idOf(backing, step);
  const length = lengthOf(backing, leg);
  const range = { iova: iova(IOVA), len: length };
  // A file is named after its buffer, and some stay until the guest goes.
  const buffer = `${leg}-${backing}`;
  const countHugepages = (moment: string): Operation[] =>
    backing === 'hugetlb' ? [op.counters(id(moment))] : [];
  return [
    ...countHugepages('counters-created'),
    op.buffer({ name: buffer, parts: bufferParts(backing, length), touch: 'write' }, id('buffer')),
    ...(needsStructPageProof(backing) ? [op.gup({ buffer }, id('gup'))] : []),
    op.counters(id('counters-start')),
    op.map({ iova: iova(IOVA), buffer }, id('map')),
    ...(isFull(leg) ? [op.counters(id('counters-mapped'))] : []),
    ...(maps && asksDevice(backing, leg) ? planDma(buffer, length, id) : []),
    op.unmap(range, id('unmap')),
    op.counters(id('counters-unmapped')),
    ...(isFull(leg) ? planMore(backing, buffer, range, id) : []),
    ...(asksPunch(expected, backing, context.kernel)
      ? [op.punch(punched(backing, buffer, length), id('punch'))]
      : []),
    // Pins that the kernel keeps (see keptOf) would make an unlink print a WARNING, before the patch as after it.
    op.release({ name: buffer, file: maps && isFsdax(backing) ? 'keep' : 'unlink' }, id('release')),
    ...countHugepages('counters-released'),
  ];
}

const punched = (backing: Backing, buffer: string, length: number) => {
  const off = backing === 'half-fsdax' ? length / 2 : 0;
  return { buffer, off, len: length - off };
};

/** The same mapping for reading only, and another one at its IOVA. */
function planMore(
  backing: Backing,
  buffer: string,
  range: { iova: string; len: number },
  id: (step: string) => string,
): Operation[] {
  return [
    op.map({ iova: iova(IOVA), buffer, prot: 'ro' }, id('map-ro')),
    ...(backing === 'anon' ? planReadOnlyDma(buffer, id) : []),
    op.unmap(range, id('unmap-ro')),
    op.buffer({ name: 'again', parts: bufferParts('anon', AGAIN), touch: 'write' }),
    op.map({ iova: iova(IOVA), buffer: 'again' }, id('again-map')),
    op.unmap(range, id('again-unmap')),
    op.release({ name: 'again' }),
    op.counters(id('counters-end')),
  ];
}

/** The device copies the start of a mapping's first page over that of its last. */
function planDma(buffer: string, length: number, id: (step: string) => string): Operation[] {
  const last = length - PAGE;
  return [
    op.fill({ buffer, off: 0, len: PAGE, seed: SOURCE }),
    op.fill({ buffer, off: last, len: PAGE, seed: OTHER }),
    op.dmaCopy({ from: iova(IOVA), to: iova(IOVA + last), len: EDU_PIECE }, id('dma')),
    op.compare({ buffer, off: last, len: EDU_PIECE, seed: SOURCE }, id('dma-arrived')),
  ];
}

/** What is mapped for reading only must not take the device's data. */
function planReadOnlyDma(buffer: string, id: (step: string) => string): Operation[] {
  return [
    op.fill({ buffer, off: 0, len: PAGE, seed: SOURCE }),
    op.fill({ buffer, off: PAGE, len: PAGE, seed: OTHER }),
    op.dmaCopy({ from: iova(IOVA), to: iova(IOVA + PAGE), len: EDU_PIECE }, id('dma-ro')),
    op.compare({ buffer, off: PAGE, len: EDU_PIECE, seed: OTHER }, id('dma-ro-kept')),
  ];
}
