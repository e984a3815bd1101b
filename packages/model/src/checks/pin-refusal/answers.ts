import type { Backing } from '../../backing.ts';
import { describeExpectation, type Expectation } from '../../expect/index.ts';
import type { KernelVersion } from '../../kernel-version.ts';
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
import { describeFailure } from '../memory.ts';
import { asksDevice, asksPunch, isFull, lengthOf } from './questions.ts';

/** The records of one backing in one leg, by step. */
export type Answers = (step: string) => AgentRecord | undefined;

export type Expected = {
  backing: Backing;
  kernel: KernelVersion;
  readWrite: Expectation;
  readOnly: Expectation;
  /** Pins of a mapping, in pages, that the kernel keeps after its unmap, and of one for reading only. */
  kept: number;
  keptReadOnly: number;
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
    wrongSince(answer, 'counters-unmapped', expected.kept),
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
  const kept = expected.kept + expected.keptReadOnly;
  const left = wrongSince(answer, 'counters-end', kept);
  if (left !== undefined) return left;
  return wrongAgain(answer('again-map'), answer('again-unmap'));
}

const mappedLength = ({ backing, leg }: Expected, map: AgentRecord | undefined): number =>
  map?.ok === true ? lengthOf(backing, leg) : 0;

const wrongSince = (answer: Answers, moment: string, stuck: number): string | undefined =>
  wrongAccounting([answer('counters-start'), answer(moment)], stuck);
