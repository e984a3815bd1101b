import { backings, type Backing } from '../../backing.ts';
import {
  expectRange,
  keptPins,
  type Expectation,
  type MappedAs,
  type Memory,
} from '../../expect/index.ts';
import { iova } from '../../plan.ts';
import type { PartBacking } from '../../world/index.ts';
import type { CaseLeg } from '../cases/index.ts';
import { pinnerIn } from '../mapping.ts';
import { IOVA, PAGE } from '../memory.ts';

export const IOVA_TEXT = iova(IOVA);

/** Where a page of memory lies: in persistent memory, in RAM, or nowhere yet. */
export type Place = 'persistent' | 'ram' | 'nowhere';

/** One way of having memory of a kind, and of asking for it. */
export type Row = MappedAs & {
  readonly name: string;
  readonly backing: Backing;
  /** As a `buffer` takes them, in bytes. */
  readonly parts: string;
  /** What of it is mapped for the device, in bytes, from its start by default. */
  readonly off?: number;
  readonly len: number;
  /** Where its first page lies once it is made, and the first page of its second part. */
  readonly place: Place;
  readonly beside?: Place;
  /** Its pages were written to privately, and are no longer those of the file. */
  readonly copied?: boolean;
  /** The child of a fork writes to all of it first. */
  readonly forked?: boolean;
};

/** What its parts are made of, by the names that a `buffer` has for that. */
export const kindsOf = ({ parts }: Row): string[] =>
  parts.split(',').map((part) => part.replace(/:.*/, ''));

export const placesOf = ({ place, beside }: Row): Place[] =>
  beside === undefined ? [place] : [place, beside];

/** What it is, and what its parts are. */
export const backingsOf = (row: Row): Backing[] =>
  backings.filter((backing) => backing === row.backing || kindsOf(row).includes(backing));

/** What of its parts is asked to be mapped. */
function memoryOf({ parts, off = 0, len, share, prot, touch, asked }: Row): Memory {
  let at = 0;
  const cut = parts.split(',').flatMap((part) => {
    const [kind = '', bytes = 0] = part.split(':');
    const [start, end] = [Math.max(at, off), Math.min(at + Number(bytes), off + len)];
    at += Number(bytes);
    return end > start ? [{ backing: partBackingOf(kind), pages: (end - start) / PAGE }] : [];
  });
  return {
    parts: cut,
    ...(share && { share }),
    ...(prot && { prot }),
    ...(touch && { touch }),
    ...(asked && { asked }),
  };
}

function partBackingOf(kind: string): PartBacking {
  // A file that is DAX by its inode is one on ext4 all the same.
  const found = kind === 'fsdax-inode' ? 'fsdax-ext4' : backings.find((each) => each === kind);
  if (found === undefined || found === 'half-fsdax') throw new RangeError(`no part "${kind}"`);
  return found;
}

export const expectRow = (row: Row, leg: CaseLeg): Expectation =>
  expectRange(pinnerIn(leg), memoryOf(row));

/** Pins, in pages, that the kernel keeps of it after the unmap. */
export const keptOfRow = (row: Row, leg: CaseLeg): number => keptPins(pinnerIn(leg), memoryOf(row));

/**
 * True where a refusal is expected that may be left out. A GUP that looks at mappings refuses copies too; the fast one
 * with FOLL_LONGTERM looks at the pages it finds (gup_pte_range() in mm/gup.c) and pins them, which does a file no harm.
 */
export const mayMap = (row: Row, expected: Expectation): boolean =>
  row.copied === true && expected.outcome === 'refused';
