import type { Backing } from '../../backing.ts';
import { keptPins } from '../../expect/index.ts';
import { iova, operations as op } from '../../plan.ts';
import type { Answers, Case, CaseLeg, Seen } from '../cases/index.ts';
import {
  expectIn,
  firstWrong,
  inWords,
  notAsked,
  pinnerIn,
  sawOf,
  wasAsked,
  wrongAccounting,
  wrongOutcome,
  wrongPages,
  wrongUnmap,
} from '../mapping.ts';
import { bufferAssumptions, describeFailure, EDU_PIECE, IOVA, MiB, PAGE } from '../memory.ts';

const SEED = 5;
const LENGTH = 16 * PAGE;
/** Where the memory is mapped that is then replaced, the device's target, and what took the first one's place. */
const [OLD, TARGET, NEW] = [IOVA, IOVA + MiB, IOVA + 2 * MiB].map(iova) as [string, string, string];

/** Pins, in pages, that the kernel keeps of the file. */
const keptOf = (leg: CaseLeg): number =>
  keptPins(pinnerIn(leg), { parts: [{ backing: 'fsdax-ext4', pages: LENGTH / PAGE }] });

const expected = (leg: CaseLeg, backing: Backing = 'fsdax-ext4') => expectIn(leg, backing);

/** A DAX file takes the place of memory that is pinned: what is pinned stays so, what is there now is asked for anew. */
export const replaced: Case = {
  name: 'fsdax-ext4: in the place of pinned anon',
  backings: ['anon', 'fsdax-ext4'],
  expect: (leg) => inWords(expected(leg)),
  plan: (leg) => {
    const { id, name } = leg;
    const [buffer, target] = [name('memory'), name('target')];
    return [
      op.buffer({ name: buffer, parts: `anon:${LENGTH}`, touch: 'write' }, id('buffer')),
      op.buffer({ name: target, parts: `anon:${PAGE}`, touch: 'write' }),
      op.fill({ buffer, off: 0, len: PAGE, seed: SEED }),
      op.counters(id('start')),
      op.map({ iova: OLD, buffer }, id('old-map')),
      op.map({ iova: TARGET, buffer: target }, id('target-map')),
      op.replace({ buffer, with: 'fsdax-ext4' }, id('replace')),
      op.dmaCopy({ from: OLD, to: TARGET, len: EDU_PIECE }, id('dma')),
      op.compare({ buffer: target, off: 0, len: EDU_PIECE, seed: SEED }, id('arrived')),
      op.map({ iova: NEW, buffer }, id('map')),
      op.unmap({ iova: NEW, len: LENGTH }, id('unmap')),
      op.unmap({ iova: OLD, len: LENGTH }, id('old-unmap')),
      op.unmap({ iova: TARGET, len: PAGE }, id('target-unmap')),
      op.counters(id('end')),
      op.release({ name: target }, id('release')),
      op.release({
        name: buffer,
        file: expected(leg).outcome === 'refused' ? 'unlink' : 'keep',
      }),
    ];
  },
  judge,
  assume: (answer, leg) =>
    bufferAssumptions('what replaces anon', `backings, ${leg.variant}`, answer('replace')),
};

function judge(answer: Answers, leg: CaseLeg): Seen {
  const map = answer('map');
  const saw = sawOf(map);
  const ram = [answer('old-map'), answer('target-map')];
  if (answer('replace')?.ok !== true || ![map, ...ram].every(wasAsked)) {
    return { saw, unknown: notAsked };
  }
  const dma = answer('dma');
  const wrong = firstWrong(
    ...ram.map((each) => inFront(wrongOutcome(expected(leg, 'anon'), each))),
    wrongOutcome(expected(leg), map),
    dma?.ok === true ? undefined : `was followed by a DMA that failed: ${describeFailure(dma)}`,
    answer('arrived')?.['equal'] === true
      ? undefined
      : 'took the pinned memory away from the device',
    wrongUnmap(answer('unmap'), map?.ok === true ? LENGTH : 0),
    wrongUnmap(answer('old-unmap'), LENGTH),
    wrongUnmap(answer('target-unmap'), PAGE),
    wrongAccounting([answer('start'), answer('end')], keptOf(leg)),
    wrongPages(answer('release')),
  );
  return { saw, wrong };
}

const inFront = (wrong: string | undefined): string | undefined =>
  wrong === undefined ? undefined : `came after anon that ${wrong}`;
