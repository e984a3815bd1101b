import { EDU_PIECE, MiB, PAGE } from '../checks/memory.ts';
import type { Content } from '../world/index.ts';

/*
 * Where a sequence lies in a guest: IOVAs, and the bytes that stand for whose content it is. All IOVAs are below 256 MiB,
 * edu's DMA mask.
 */

/** Areas that a sequence may have at once. */
export const SLOTS = 3;

const WINDOW = 16 * MiB;
/** Pages of a window; the next begins behind them. */
export const WINDOW_PAGES = WINDOW / PAGE;

/** IOVA of a page of the window that belongs to an area's slot. */
export const windowAt = (slot: number, page: number): number => (slot + 1) * WINDOW + page * PAGE;

/**
 * Memory through which all transfers of the device go: the device reads its first page, and writes to its second. Mapped
 * whenever the container is open, below the windows.
 */
export const bounce = {
  pages: 2,
  entries: 1,
  iova: { source: 8 * MiB, target: 8 * MiB + PAGE },
  off: { source: 0, target: PAGE },
} as const;

/** Bytes of a page that stand for all of it: what edu moves in one go. */
export const PIECE = EDU_PIECE;

/** Mappings that a container takes beside the bounce buffer: few enough for a sequence to reach the limit. */
export const ENTRY_LIMIT = 4;

/** The seed whose pattern a content is in the guest. */
export const seeds = {
  first: 11,
  second: 22,
  child: 33,
  other: 15,
  device: 94,
} as const satisfies Record<Exclude<Content, 'zero'>, number>;

/** What the agent is to call a content, and calls it. */
export const seedOf = (content: Content): number | 'zero' =>
  content === 'zero' ? content : seeds[content];

/** Every content, as `which` is asked for it. */
export const allSeeds = ['zero', ...Object.values(seeds)].join(',');

/** The content that `which` has found; undefined where it is none of them. */
export const contentOf = (seed: unknown): Content | undefined =>
  contents.find((content) => seedOf(content) === seed);

const contents: readonly Content[] = ['zero', 'first', 'second', 'child', 'device', 'other'];
