import { operations as op } from '../../plan.ts';
import type { AgentRecord } from '../../record.ts';
import type { CheckContext } from '../check.ts';
import type { Answers, Case, CaseLeg, Seen } from '../cases/index.ts';
import { firstWrong, unanswered, wrongUnmap } from '../mapping.ts';
import { PAGE } from '../memory.ts';
import { sawOfLoop, wrongLoop } from './loop.ts';
import { lengthOf, partsOf, type Range } from './ranges.ts';
import { expectMapOf, IOVA_TEXT, planEnd, sayMapOf, wrongLeft } from './refused.ts';

const COUNT = 10_000;
/** What the first refusals make lasts: slabs that are filled, pages of tables. */
const WARM = 100;
/**
 * What may be missing: a page for every 156 refusals, or 6 bytes of slabs for each. Nothing else goes on in the guest:
 * from 4.15 to 7 neither count has ever grown in a loop. But pages wait in lists of each processor, uncounted, which
 * are refilled by up to 63 at a time (zone_batchsize() in mm/page_alloc.c).
 */
const PAGES = 64;
const SLAB_KIB = 64;

const range: Range = {
  name: 'ten thousand in a row',
  parts: [
    ['anon', PAGE],
    ['fsdax-ext4', PAGE],
  ],
};

/** Without the rule there is nothing to repeat: the first map is granted, and ends the loop. */
export const tenThousand: Case = {
  name: range.name,
  backings: ['anon', 'fsdax-ext4'],
  expect: (leg) => {
    const { said, why } = sayMapOf(range, leg);
    return { said: said === 'mapped' ? said : `${said} ${COUNT} times`, why };
  },
  plan: (leg) => {
    const { id, name } = leg;
    const buffer = name('range');
    const loop = { iova: IOVA_TEXT, buffer };
    return [
      op.buffer({ name: buffer, parts: partsOf(range), touch: 'write' }, id('buffer')),
      op.mapRefusedLoop({ ...loop, count: WARM }, id('warm')),
      op.unmap({ iova: IOVA_TEXT, len: lengthOf(range) }, id('warm-unmap')),
      op.counters(id('start')),
      op.mapRefusedLoop({ ...loop, count: COUNT }, id('loop')),
      op.unmap({ iova: IOVA_TEXT, len: lengthOf(range) }, id('unmap')),
      op.counters(id('end')),
      ...planEnd(range, buffer, leg),
    ];
  },
  judge,
};

function judge(answer: Answers, leg: CaseLeg): Seen {
  const [warm, loop] = [answer('warm'), answer('loop')];
  if (warm?.ok !== true || loop?.ok !== true) return unanswered();
  const times = loop['refused'] === 0 ? '' : ` ${String(loop['refused'])} times`;
  const wrong = firstWrong(
    wrongTurn([warm, answer('warm-unmap')], leg, WARM),
    wrongTurn([loop, answer('unmap')], leg, COUNT),
    wrongLeft(range, answer, leg),
    wrongMemory(answer, leg),
  );
  return { saw: `${sawOfLoop(loop)}${times}`, wrong };
}

const wrongTurn = (
  [loop, unmap]: readonly [AgentRecord, AgentRecord | undefined],
  leg: CaseLeg,
  count: number,
): string | undefined =>
  firstWrong(
    wrongLoop(loop, expectMapOf(range, leg), count),
    wrongUnmap(unmap, loop['mapped'] === true ? lengthOf(range) : 0),
  );

/** KASAN holds back what is freed, up to a thirty-second part of all memory (mm/kasan/quarantine.c): slabs only grow. */
export const holdsBackSlabs = ({ debugKernel }: CheckContext): boolean => debugKernel === true;

function wrongMemory(answer: Answers, { context }: CaseLeg): string | undefined {
  const grown = (field: string): number =>
    Number(answer('end')?.[field]) - Number(answer('start')?.[field]);
  const [pages, slab] = [-grown('free_pages'), grown('slab_unreclaimable')];
  if (Number.isNaN(pages + slab)) return 'left no account of the memory in use';
  const holdsBack = holdsBackSlabs(context);
  const lost = holdsBack ? pages - (slab * 1024) / PAGE : pages;
  if (lost < PAGES && (holdsBack || slab < SLAB_KIB)) return undefined;
  return `left something behind: ${pages} pages fewer are free, slabs have grown by ${slab} KiB`;
}
