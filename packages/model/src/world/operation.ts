import type { Content, Page } from './state.ts';
import type { Protection, Shape } from './shapes.ts';

type OnArea = { readonly area: number };
type OnPart = OnArea & { readonly part: number };

/** What takes blocks from a file. */
export type LayoutChange = 'truncate' | 'punch' | 'unlink';

/** What can be done in a world. `area` counts the slots of the world, `part` the parts of an area, from 0. */
export type WorldOperation =
  | (OnArea & { readonly op: 'mmap'; readonly shape: Shape })
  /** Unmaps all of an area from the process; its files stay. */
  | (OnArea & { readonly op: 'munmap' })
  /** Unmaps one part. */
  | (OnPart & { readonly op: 'hole' })
  /** The process reads, or writes other bytes than it did before. */
  | (OnPart & { readonly op: 'load' | 'store' })
  | (OnPart & { readonly op: 'child-load' | 'child-store' })
  | (OnPart & { readonly op: LayoutChange })
  /** Somebody else makes a file that takes the block that a part's file has lost, and writes to it. */
  | (OnPart & { readonly op: 'create' })
  /** VFIO_IOMMU_MAP_DMA: `count` parts from `first` on, at a page of the area's IOVA window. */
  | (OnArea & {
      readonly op: 'map';
      readonly at: number;
      readonly first: number;
      readonly count: number;
      readonly asked: Protection;
      /** RLIMIT_MEMLOCK in pages, for a process without CAP_IPC_LOCK. */
      readonly limit?: number;
    })
  /** VFIO_IOMMU_UNMAP_DMA of a range of the window, in pages. */
  | (OnArea & { readonly op: 'unmap'; readonly at: number; readonly pages: number })
  /** The device reads from, or writes to, a page of the window. */
  | (OnArea & { readonly op: 'dma-read' | 'dma-write'; readonly at: number })
  | { readonly op: 'open' | 'close' | 'fork' | 'exit' };

export type Errno = 'EOPNOTSUPP' | 'EFAULT' | 'ENOMEM' | 'EEXIST' | 'ENOSPC' | 'EINVAL';

/** What comes back. */
export type Result =
  /** `why` where it is to be wondered at. */
  | { readonly outcome: 'done'; readonly why?: string }
  | { readonly outcome: 'maps'; readonly why: string; readonly unlocked?: true }
  | { readonly outcome: 'refused'; readonly errno: Errno; readonly why: string }
  | { readonly outcome: 'unmapped'; readonly pages: number }
  /** Of a process whose memory is not there. */
  | { readonly outcome: 'signal'; readonly signal: 'SIGSEGV' | 'SIGBUS' }
  | { readonly outcome: 'read'; readonly content: Content }
  /** A transfer of the device: `nothing` where the IOMMU lets nothing through. */
  | { readonly outcome: 'written'; readonly reached: Page['owner'] | 'nothing' }
  | { readonly outcome: 'read-nothing' }
  /** `lease`: until the owner of the mapping has given it back, or its time is up. */
  | {
      readonly outcome: 'waits';
      readonly until: 'signal' | 'never' | 'lease';
      readonly why: string;
    };
