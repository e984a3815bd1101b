import { backings, type Backing } from '../../backing.ts';
import type { Expectation, Mapping } from '../../expectation.ts';
import { iova } from '../../plan.ts';
import type { CaseLeg } from '../cases/index.ts';
import { expectIn } from '../mapping.ts';
import { IOVA } from '../memory.ts';

export const IOVA_TEXT = iova(IOVA);

/** Where a page of memory lies: in persistent memory, in RAM, or nowhere yet. */
export type Place = 'persistent' | 'ram' | 'nowhere';

/** One way of having memory of a kind, and of asking for it. */
export type Row = Mapping & {
  readonly name: string;
  readonly backing: Backing;
  /** As a `buffer` takes them, in bytes. */
  readonly parts: string;
  readonly touch?: 'write' | 'read' | 'none';
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

export const expectRow = ({ backing, ...mapping }: Row, leg: CaseLeg): Expectation =>
  expectIn(leg, backing, mapping);

/**
 * True where a refusal is expected that may be left out. A GUP that looks at mappings refuses copies too; the fast one
 * with FOLL_LONGTERM looks at the pages it finds (gup_pte_range() in mm/gup.c) and pins them, which does a file no harm.
 */
export const mayMap = (row: Row, expected: Expectation): boolean =>
  row.copied === true && expected.outcome === 'refused';
