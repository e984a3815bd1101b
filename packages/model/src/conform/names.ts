import { pagesOf, type Area, type World } from '../world/index.ts';
import { PAGE } from '../checks/memory.ts';

/** How what a sequence leaves in the guest is named, unlike that of any other in the guest's life. */
export type SequenceNames = {
  /** A record's id. */
  readonly id: (step: string) => string;
  /** A buffer's or a file's name. */
  readonly name: (what: string) => string;
};

/** The records of a sequence that belong to none of its operations. */
export const frameIds = {
  bounce: 'bounce',
  open: 'open',
  openBounce: 'open-bounce',
  openProbe: 'open-probe',
  start: 'start',
  childExit: 'end-child',
  close: 'end-close',
  end: 'end',
} as const;

/** What is done for an operation beside that which answers it, and has to succeed. */
export const besides = ['touch', 'copy', 'bounce', 'probe', 'block', 'claimed'] as const;

/** The records of an operation. */
export type Asked = 'answer' | 'interrupt' | 'counters' | (typeof besides)[number];

/** The record of an operation, by its place in the sequence: its answer, or what else is asked about it. */
export const answerId = (index: number, what: Asked = 'answer'): string => `${index}.${what}`;

/** The record of an area's memory as it is given back at the end. */
export const releaseId = (slot: number): string => `end-release-${slot}`;

/** The record of a file that goes at the end. */
export const unlinkId = (slot: number, part: number): string => `end-unlink-${slot}-${part}`;

/** Where a part of an area begins, in bytes. */
export const offsetOf = ({ shape }: Area, part: number): number =>
  pagesOf(shape.parts.slice(0, part)) * PAGE;

export function areaAt({ areas }: World, slot: number): Area {
  const area = areas[slot];
  if (area === undefined) throw new RangeError(`nothing is mapped in slot ${slot}`);
  return area;
}
