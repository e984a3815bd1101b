import type { Backing } from '../backing.ts';
import type { KernelVersion } from '../kernel-version.ts';
import {
  run,
  type LayoutChange,
  type Result,
  type Rules,
  type WorldOperation,
} from '../world/index.ts';
import { partsOf } from './memory.ts';
import { rulesFor, type Pinner } from './pins.ts';

export type DaxFile = 'fsdax-ext4' | 'fsdax-xfs';

export const isWholeFile = (backing: Backing): backing is DaxFile =>
  backing === 'fsdax-ext4' || backing === 'fsdax-xfs';

/**
 * What comes of it when blocks are taken from a file whose first page was offered to the device. `overwrites`: the
 * call returns, and the device writes into the file that has the block next; `waits`: until it is interrupted, even
 * after the unmap; `waits-deaf`: a signal does not end it; `harmless`: it returns, and the device reaches nothing.
 */
export type Fate = 'overwrites' | 'waits' | 'waits-deaf' | 'harmless';

/** @param change collapse takes blocks as a hole punch does */
export function expectFate(
  pinner: Pinner,
  file: DaxFile,
  change: LayoutChange,
): { readonly fate: Fate; readonly why: string } {
  const { taken, reached } = takeBlocks(rulesFor(pinner), file, change);
  if (taken?.outcome === 'waits') {
    return { fate: taken.until === 'never' ? 'waits-deaf' : 'waits', why: taken.why };
  }
  const isPinned = reached?.outcome === 'written' && reached.reached === 'other';
  const why = taken?.outcome === 'done' ? taken.why : undefined;
  return isPinned
    ? { fate: 'overwrites', why: why ?? 'nothing waits for pages that a device uses' }
    : {
        fate: 'harmless',
        why: why ?? 'a page that was never pinned holds nothing up and takes no DMA',
      };
}

/** Whether the wait goes on once the mapping is gone: the pin stays where VFIO does not give the page back. */
export const waitsAfterUnmap = (pinner: Pinner, file: DaxFile): boolean =>
  takeBlocks(rulesFor(pinner), file, 'truncate').again?.outcome === 'waits';

/**
 * True where a hole punch in the DAX file behind a backing waits for its pages. Nothing else shows a reference that is
 * no pin and that is left on such a page.
 */
export function punchWaits(backing: Backing, kernel: KernelVersion): boolean {
  const file = partsOf(backing, 2)
    .map((part) => part.backing)
    .find(isWholeFile);
  if (file === undefined) return false;
  return expectFate({ pinning: 'gup-fast', kernel }, file, 'punch').fate === 'waits';
}

/** What the first of the two calls did, where the device wrote after it, and what the second call did. */
export type Taken = Readonly<Record<'taken' | 'reached' | 'again', Result | undefined>>;

/** Offers the page of a file to the device and takes its block away, twice: while it is mapped and after that. */
export function takeBlocks(rules: Rules, file: DaxFile, change: LayoutChange): Taken {
  const parts = [{ backing: file, pages: 1 }];
  const shape = { parts, share: 'shared', prot: 'rw', touch: 'write' } as const;
  const operations: WorldOperation[] = [
    { op: 'mmap', area: 0, shape },
    { op: 'map', area: 0, at: 0, first: 0, count: 1, asked: 'rw' },
    // The last link takes the file with it only after the last mapping.
    ...(change === 'unlink' ? [{ op: 'munmap', area: 0 } as const] : []),
    { op: change, area: 0, part: 0 },
    { op: 'create', area: 0, part: 0 },
    { op: 'dma-write', area: 0, at: 0 },
    { op: 'unmap', area: 0, at: 0, pages: 1 },
    { op: change, area: 0, part: 0 },
  ];
  const { results } = run(operations, rules);
  const resultOf = (op: WorldOperation['op']): Result | undefined =>
    results[operations.findIndex((operation) => operation.op === op)];
  return { taken: resultOf(change), reached: resultOf('dma-write'), again: results.at(-1) };
}
