import { iova, operations as op } from '../../plan.ts';
import type { Answers, Case, CaseLeg, Seen } from '../cases/index.ts';
import { seesAfterFork } from '../../expect/index.ts';
import {
  expectIn,
  firstWrong,
  inWords,
  notAsked,
  pinnerIn,
  sawOf,
  wrongAccounting,
  wrongOutcome,
  wrongPages,
  wrongUnmap,
} from '../mapping.ts';
import { describeFailure, EDU_PIECE, IOVA, PAGE } from '../memory.ts';
import { IOVA_TEXT } from './row.ts';

const [PARENT, CHILD, LATER] = [3, 7, 11];
const LENGTH = 2 * PAGE;

const expected = (leg: CaseLeg) => expectIn(leg, 'anon');

/**
 * A pinned page has to stay the parent's when a child writes to its copy: what the parent writes then, the device must
 * see.
 */
export const forked: Case = {
  name: 'anon: pinned, forked, child wrote',
  backings: ['anon'],
  expect: (leg) => inWords(expected(leg)),
  plan: ({ id, name }) => {
    const buffer = name('memory');
    const first = { buffer, off: 0, len: PAGE };
    return [
      op.buffer({ name: buffer, parts: `anon:${LENGTH}`, touch: 'write' }, id('buffer')),
      op.fill({ ...first, seed: PARENT }),
      op.counters(id('start')),
      op.map({ iova: IOVA_TEXT, buffer }, id('map')),
      op.forkFill({ ...first, seed: CHILD }, id('child')),
      op.compare({ ...first, seed: PARENT }, id('kept')),
      op.fill({ ...first, seed: LATER }),
      op.dmaCopy({ from: IOVA_TEXT, to: iova(IOVA + PAGE), len: EDU_PIECE }, id('dma')),
      op.compare({ buffer, off: PAGE, len: EDU_PIECE, seed: LATER }, id('arrived')),
      op.unmap({ iova: IOVA_TEXT, len: LENGTH }, id('unmap')),
      op.counters(id('end')),
      op.release({ name: buffer }, id('release')),
    ];
  },
  judge,
};

function judge(answer: Answers, leg: CaseLeg): Seen {
  const map = answer('map');
  const saw = sawOf(map);
  if (answer('child')?.ok !== true || answer('kept')?.['equal'] !== true) {
    return { saw, unknown: notAsked };
  }
  const dma = answer('dma');
  const wrong = firstWrong(
    wrongOutcome(expected(leg), map),
    dma?.ok === true
      ? undefined
      : `was mapped, but the device's DMA failed: ${describeFailure(dma)}`,
    answer('arrived')?.['equal'] === seesAfterFork(pinnerIn(leg))
      ? undefined
      : 'was mapped, but after the fork the device no longer saw what the process wrote',
    wrongUnmap(answer('unmap'), LENGTH),
    wrongAccounting([answer('start'), answer('end')]),
    wrongPages(answer('release')),
  );
  return { saw, wrong };
}
