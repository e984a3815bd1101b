import { operations as op, type Operation } from '../../plan.ts';
import type { Answers, Case, CaseLeg, Seen } from '../cases/index.ts';
import {
  firstWrong,
  notAsked,
  sawOf,
  wasAsked,
  wrongAgain,
  wrongHugepages,
  wrongOutcome,
  wrongUnmap,
} from '../mapping.ts';
import { bufferAssumptions, PAGE } from '../memory.ts';
import { backingsOf, lengthOf, partsOf, type Range } from './ranges.ts';
import { expectMapOf, IOVA_TEXT, planEnd, sayMapOf, wrongLeft } from './refused.ts';

/** Bytes that are mapped at the same IOVA_TEXT afterwards. */
const AGAIN = 32 * PAGE;

const hasHugepages = (range: Range): boolean => backingsOf(range).includes('hugetlb');

/** A range with filesystem-DAX memory somewhere in it is refused as a whole, and all is as if it had not been asked. */
export const halfWay = (range: Range): Case => ({
  name: range.name,
  backings: backingsOf(range),
  expect: (leg) => sayMapOf(range, leg),
  plan: (leg) => planRange(range, leg),
  judge: (answer, leg) => judgeRange(range, answer, leg),
  assume: (answer, leg) =>
    bufferAssumptions(range.name, `unwind, ${leg.variant}, leg ${leg.index}`, answer('buffer')),
});

function planRange(range: Range, leg: CaseLeg): Operation[] {
  const { id, name } = leg;
  const [buffer, again, len] = [name('range'), name('again'), lengthOf(range)];
  const countHugepages = (moment: string): Operation[] =>
    hasHugepages(range) ? [op.counters(id(moment))] : [];
  return [
    ...countHugepages('created'),
    op.buffer({ name: buffer, parts: partsOf(range), touch: 'write' }, id('buffer')),
    op.counters(id('start')),
    op.map({ iova: IOVA_TEXT, buffer }, id('map')),
    op.unmap({ iova: IOVA_TEXT, len }, id('unmap')),
    op.counters(id('end')),
    // Page by page: an entry that was left in the IOMMU's page table makes its driver complain.
    op.buffer({ name: again, parts: `anon:${AGAIN}`, touch: 'none' }),
    op.map({ iova: IOVA_TEXT, buffer: again }, id('again-map')),
    op.unmap({ iova: IOVA_TEXT, len: AGAIN }, id('again-unmap')),
    op.release({ name: again }),
    ...planEnd(range, buffer, leg),
    ...countHugepages('released'),
  ];
}

function judgeRange(range: Range, answer: Answers, leg: CaseLeg): Seen {
  const map = answer('map');
  const saw = sawOf(map);
  if (!wasAsked(map)) return { saw, unknown: notAsked };
  const wrong = firstWrong(
    wrongOutcome(expectMapOf(range, leg), map),
    wrongUnmap(answer('unmap'), map?.ok === true ? lengthOf(range) : 0),
    wrongAgain(answer('again-map'), answer('again-unmap')),
    wrongLeft(range, answer, leg),
    hasHugepages(range) ? wrongHugepages(answer('created'), answer('released')) : undefined,
  );
  return { saw, wrong };
}
