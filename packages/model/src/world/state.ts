import type { PartShape, Protection, Shape } from './shapes.ts';

/** Whose bytes are in a page: `first` and `second` are the process's, in turn. */
export type Content = 'zero' | 'first' | 'second' | 'child' | 'device' | 'other';

/**
 * Memory that a part of an area has, or has had, and that somebody may still reach. It stands for all pages of the part
 * alike.
 */
export type Page = {
  /** `block` is persistent memory: of a file the very block on its device. `zero` is the shared
   * page of zeroes, `huge-zero` that of thp, which is not marked reserved.
   */
  readonly kind: 'ram' | 'cache' | 'block' | 'zero' | 'huge-zero';
  /** `nobody`: freed; `other`: somebody else's file has the block. */
  readonly owner: 'process' | 'file' | 'nobody' | 'other';
  readonly content: Content;
  /** Mappings for a device that hold it. */
  readonly pins: number;
  /** Pins that were never given back, though their mapping is gone. */
  readonly stuck: number;
  /** Pins of single pages of the part that were taken by the way, and never given back. */
  readonly strays: number;
  /** Whoever writes to it gets a copy: it is, or was, shared with a child. */
  readonly cow: boolean;
};

/** Nobody writes there: who wants to gets a page of its own. */
export const isZero = ({ kind }: Pick<Page, 'kind'>): boolean =>
  kind === 'zero' || kind === 'huge-zero';

/** An index into the pages of a part, or `none`. */
export type PageIndex = number;
export const none = -1;

/** The file behind a part. */
export type File = {
  readonly linked: boolean;
  /** Truncated to nothing. */
  readonly cut: boolean;
  /** What it has at the offset of the part: `none` is a hole. */
  readonly page: PageIndex;
};

/** A part of an area as it is at a moment. */
export type Part = {
  readonly shape: PartShape;
  /** False once it is unmapped from the process. */
  readonly present: boolean;
  readonly pages: readonly Page[];
  readonly file?: File;
  /** What the page table of the process has there, and that of its child. */
  readonly mine: PageIndex;
  readonly childs: PageIndex;
  /** The child has it mapped. */
  readonly inChild: boolean;
};

/** A mapping for the device: an entry of the container. */
export type Mapping = {
  /** Where in the IOVA window of the area, in pages. */
  readonly at: number;
  /** Which of its parts, one after the other. */
  readonly first: number;
  readonly count: number;
  readonly asked: Protection;
  /** The page that each of the parts had then; `none` for a device's own memory. */
  readonly pages: readonly PageIndex[];
};

/** Memory of the process in one piece, and all that came of it: its files, its pages, what a device may reach of it. */
export type Area = {
  readonly shape: Shape;
  readonly parts: readonly Part[];
  /** False once the process has unmapped it: a device may go on using it. */
  readonly mapped: boolean;
  /** The child of the process has it as well. */
  readonly forked: boolean;
  readonly mappings: readonly Mapping[];
};

/**
 * A process with a VFIO container. Each area has an IOVA window of its own, so that what is done to one touches no other
 * but for the container's limits.
 */
export type World = {
  readonly open: boolean;
  /** A child of the process is alive. */
  readonly child: boolean;
  readonly areas: readonly (Area | undefined)[];
};

export const emptyWorld = (slots: number): World => ({
  open: true,
  child: false,
  areas: Array.from({ length: slots }, () => undefined),
});

/** Mappings of a container. */
export const entriesOf = ({ areas }: World): number =>
  areas.reduce((sum, area) => sum + (area?.mappings.length ?? 0), 0);
