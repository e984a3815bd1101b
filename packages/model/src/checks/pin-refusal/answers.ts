import type { Backing } from '../../backing.ts';
import { describeExpectation, type Expectation } from '../../expectation.ts';
import { atLeast, type KernelVersion } from '../../kernel-version.ts';
import type { AgentRecord } from '../../record.ts';
import type { RefusalCell } from '../../result.ts';
import { accountingOf, heldSince } from '../accounting.ts';
import {
  wrongAccounting,
  wrongAgain,
  wrongHugepages,
  wrongOutcome,
  wrongPages,
  wrongPunch,
  wrongUnmap,
} from '../mapping.ts';
import { describeFailure, PAGE } from '../memory.ts';
import { asksDevice, asksPunch, isFull, lengthOf, needsStructPageProof } from './questions.ts';

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
    wrongUnmap(answer('unmap'), mappedLength(expected, answer('map'))),
    wrongSince(answer, 'counters-unmapped', stuckOf(expected, 'readWrite')),
    ...(isFull(expected.leg) ? [wrongReadOnly(expected, answer), wrongEnd(expected, answer)] : []),
    expected.backing === 'hugetlb'
      ? wrongHugepages(answer('counters-created'), answer('counters-released'))
      : undefined,
    asksPunch(expected.readWrite, expected.backing, expected.kernel)
      ? wrongPunch(answer('punch'))
      : undefined,
    wrongPages(answer('release')),
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

function wrongReadOnly(expected: Expected, answer: Answers): string | undefined {
  const wrong =
    wrongOutcome(expected.readOnly, answer('map-ro')) ??
    wrongUnmap(answer('unmap-ro'), mappedLength(expected, answer('map-ro')));
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
  return wrongAgain(answer('again-map'), answer('again-unmap'));
}

const mappedLength = ({ backing, leg }: Expected, map: AgentRecord | undefined): number =>
  map?.ok === true ? lengthOf(backing, leg) : 0;

const wrongSince = (answer: Answers, moment: string, stuck: number): string | undefined =>
  wrongAccounting([answer('counters-start'), answer(moment)], stuck);
