import type { Backing } from '../../backing.ts';
import { describeExpectation, type Expectation } from '../../expectation.ts';
import { atLeast, type KernelVersion } from '../../kernel-version.ts';
import type { AgentRecord } from '../../record.ts';
import type { RefusalCell } from '../../result.ts';
import { accountingOf, heldSince, leftBehind } from '../accounting.ts';
import { describeFailure, PAGE } from '../memory.ts';
import { asksDevice, isFull, lengthOf, needsStructPageProof } from './questions.ts';

/** The records of one backing in one leg, by step. */
export type Answers = (step: string) => AgentRecord | undefined;

export type Expected = {
  backing: Backing;
  kernel: KernelVersion;
  readWrite: Expectation;
  readOnly: Expectation;
  /** Which leg it is, from 0: the first of each variant asks everything. */
  leg: number;
  /** What was held while it was mapped before the patch: VFIO must account for it alike after it. */
  reference?: string | undefined;
};

type Judged = Omit<RefusalCell, 'verdict'> & { wrong?: string };

/** Judges what one leg did with one backing. The reason is a sentence without its subject. */
export function judgeAnswers(expected: Expected, answer: Answers): Judged {
  const map = answer('buffer')?.ok === true ? answer('map') : undefined;
  const seen = map === undefined ? 'unknown' : map.ok ? 'maps' : 'refused';
  const cell = {
    outcome: seen,
    expected: describeExpectation(expected.readWrite),
    ...(seen === 'refused' && { errno: map?.error ?? String(map?.errno) }),
  } as const;
  const wrong = [
    wrongOutcome(expected.readWrite, map),
    wrongAccount(expected, answer),
    wrongDma(expected, answer),
    wrongUnmap(expected, answer('map'), answer('unmap')),
    wrongSince(answer, 'counters-unmapped', stuckOf(expected, 'readWrite')),
    ...(isFull(expected.leg) ? [wrongReadOnly(expected, answer), wrongEnd(expected, answer)] : []),
    expected.backing === 'hugetlb' ? wrongHugepages(answer) : undefined,
    wrongPages(answer),
  ].find((reason) => reason !== undefined);
  return wrong === undefined ? cell : { ...cell, wrong };
}

/**
 * How many pins of one mapping the kernel keeps after its unmap. put_pfn() in vfio_iommu_type1.c passes over pages
 * that are marked reserved, and memmap_init_zone_device() marks every page of persistent memory so: seen on 6.1 with
 * Debian's own modules, device-dax included.
 */
export function stuckPages(
  expected: Expectation,
  backing: Backing,
  leg: number,
  kernel: KernelVersion,
): number {
  if (expected.outcome === 'refused') return 0;
  const pages = lengthOf(backing, leg) / PAGE;
  // Before 4d83de6da265 (v5.12) vfio_pin_pages_remote() pins the page that its run ends at, puts it, and pins it anew.
  if (backing === 'half-fsdax') return pages / 2 + (atLeast(kernel, 5, 12) ? 0 : 1);
  return needsStructPageProof(backing) ? pages : 0;
}

const stuckOf = (expected: Expected, protection: 'readWrite' | 'readOnly'): number =>
  stuckPages(expected[protection], expected.backing, expected.leg, expected.kernel);

/** What is held while a backing is mapped, in words; undefined where nothing was mapped. */
export function heldWhileMapped(answer: Answers): string | undefined {
  const [start, mapped] = [answer('counters-start'), answer('counters-mapped')].map(accountingOf);
  return answer('map')?.ok === true && start && mapped ? heldSince(start, mapped) : undefined;
}

function wrongOutcome(expected: Expectation, map: AgentRecord | undefined): string | undefined {
  if (map === undefined) return 'could not be asked';
  if (expected.outcome === 'maps') {
    return map.ok ? undefined : `was refused with ${describeFailure(map)}, where ${expected.why}`;
  }
  if (map.ok) return `was pinned, where ${expected.why}`;
  return map.error === expected.errno
    ? undefined
    : `was refused with ${describeFailure(map)} and not with ${expected.errno}`;
}

function wrongAccount({ reference }: Expected, answer: Answers): string | undefined {
  const held = heldWhileMapped(answer);
  if (held === undefined || reference === undefined || held === reference) return undefined;
  return `was accounted for as ${held} while mapped, where before the patch it was ${reference}`;
}

function wrongDma({ backing, readWrite, leg }: Expected, answer: Answers): string | undefined {
  if (readWrite.outcome === 'refused' || !asksDevice(backing, leg)) return undefined;
  const dma = answer('dma');
  if (dma?.ok !== true) return `was mapped, but the device's DMA failed: ${describeFailure(dma)}`;
  const arrived = answer('dma-arrived');
  if (arrived?.ok !== true) {
    return `was mapped, but the DMA's target could not be read: ${describeFailure(arrived)}`;
  }
  return arrived['equal'] === true
    ? undefined
    : "was mapped, but the device's DMA did not arrive in its last page";
}

function wrongUnmap(
  { backing, leg }: Expected,
  map: AgentRecord | undefined,
  unmap: AgentRecord | undefined,
): string | undefined {
  const length = map?.ok === true ? lengthOf(backing, leg) : 0;
  if (unmap?.ok !== true) return `could not be unmapped: ${describeFailure(unmap)}`;
  if (unmap['unmapped'] === length) return undefined;
  return length === 0
    ? `was refused, yet ${String(unmap['unmapped'])} bytes were left mapped`
    : `was unmapped only in part: ${String(unmap['unmapped'])} of ${length} bytes`;
}

function wrongReadOnly(expected: Expected, answer: Answers): string | undefined {
  const wrong =
    wrongOutcome(expected.readOnly, answer('map-ro')) ??
    wrongUnmap(expected, answer('map-ro'), answer('unmap-ro'));
  if (wrong !== undefined) return `mapped for reading only, ${wrong}`;
  const kept = answer('dma-ro-kept');
  return expected.backing === 'anon' && kept?.['equal'] !== true
    ? 'mapped for reading only, was written by the device'
    : undefined;
}

function wrongEnd(expected: Expected, answer: Answers): string | undefined {
  const stuck = stuckOf(expected, 'readWrite') + stuckOf(expected, 'readOnly');
  const left = wrongSince(answer, 'counters-end', stuck);
  if (left !== undefined) return left;
  const again = answer('again-map');
  if (again?.ok !== true) {
    return `left its IOVA unusable: mapping it again gave ${describeFailure(again)}`;
  }
  return answer('again-unmap')?.ok === true
    ? undefined
    : 'left its IOVA so that it cannot be unmapped again';
}

function wrongSince(answer: Answers, moment: string, stuck: number): string | undefined {
  const [start, end] = [accountingOf(answer('counters-start')), accountingOf(answer(moment))];
  if (!start || !end) return 'left no account of what it holds';
  const left = leftBehind(start, end, stuck);
  return left === undefined ? undefined : `left something behind: ${left}`;
}

/** A reference to a huge page that is never put keeps the page from the pool for good: the one exact count of pages. */
function wrongHugepages(answer: Answers): string | undefined {
  const [start, end] = [answer('counters-created'), answer('counters-released')].map(
    (record) => record?.['free_hugepages'],
  );
  if (typeof start !== 'number' || typeof end !== 'number') return 'left no count of huge pages';
  return end === start ? undefined : `left something behind: ${countOf(start - end, 'huge page')}`;
}

/** A reference to a page of RAM that is never put keeps it from being free, whatever a kernel counts. */
function wrongPages(answer: Answers): string | undefined {
  const kept = answer('release')?.['kept'];
  if (typeof kept !== 'number') return 'left no account of its pages';
  return kept === 0
    ? undefined
    : `left something behind: ${countOf(kept, 'page')} that nobody maps any more`;
}

const countOf = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? '' : 's'}`;
