import { operations as op } from '../../plan.ts';
import type { Answers, Case, CaseLeg, Seen } from '../cases/index.ts';
import {
  firstWrong,
  notAsked,
  sawOf,
  unanswered,
  wasAsked,
  wrongAccounting,
  wrongOutcome,
  wrongPages,
  wrongUnmap,
} from '../mapping.ts';
import { PAGE } from '../memory.ts';
import { sawOfLoop, wrongLoop } from './loop.ts';
import { lengthOf, partsOf, type Range } from './ranges.ts';
import { expectMapOf, IOVA_TEXT, planEnd, sayMapOf, wrongLeft } from './refused.ts';

/** RLIMIT_MEMLOCK, in bytes, for an agent without CAP_IPC_LOCK: what kernels before v5.16 have as the hard limit. */
const LIMIT = 16 * PAGE;
/** If each left half the limit accounted for, the third would be refused for the limit. */
const REFUSALS = 64;

const overLimit: Range = {
  name: 'one page over the memlock limit',
  parts: [['anon', LIMIT + PAGE]],
};

const upToLimit: Range = {
  name: 'all of the memlock limit, fs-dax last',
  parts: [
    ['anon', LIMIT - PAGE],
    ['fsdax-ext4', PAGE],
  ],
};

const halfLimit: Range = {
  name: 'refusals under the memlock limit',
  parts: [
    ['anon', LIMIT / 2],
    ['fsdax-ext4', PAGE],
  ],
};

/** The refusal for the limit itself, with the patch and without: its unwinding is the same code. */
export const beyond: Case = {
  name: overLimit.name,
  backings: ['anon'],
  expect: (leg) => sayMapOf(overLimit, leg, LIMIT),
  plan: ({ id, name }) => [
    op.buffer({ name: name('range'), parts: partsOf(overLimit), touch: 'write' }, id('buffer')),
    op.counters(id('start')),
    op.map({ iova: IOVA_TEXT, buffer: name('range'), memlock: LIMIT }, id('map')),
    op.unmap({ iova: IOVA_TEXT, len: lengthOf(overLimit) }, id('unmap')),
    op.counters(id('end')),
    op.release({ name: name('range') }, id('release')),
  ],
  judge: (answer, leg) => {
    const map = answer('map');
    if (!wasAsked(map)) return { saw: sawOf(map), unknown: notAsked };
    const wrong = firstWrong(
      wrongOutcome(expectMapOf(overLimit, leg, LIMIT), map),
      wrongUnmap(answer('unmap'), map?.ok === true ? lengthOf(overLimit) : 0),
      wrongAccounting([answer('start'), answer('end')]),
      wrongPages(answer('release')),
    );
    return { saw: sawOf(map), wrong };
  },
};

/** Whether a kernel counts persistent memory against the limit (v4.15 does, later ones have it reserved) or not: it fits. */
const upTo: Case = {
  name: upToLimit.name,
  backings: ['anon', 'fsdax-ext4'],
  expect: (leg) => sayMapOf(upToLimit, leg, LIMIT),
  plan: (leg) => {
    const { id, name } = leg;
    const [buffer, len] = [name('range'), lengthOf(upToLimit)];
    return [
      op.buffer({ name: buffer, parts: partsOf(upToLimit), touch: 'write' }, id('buffer')),
      op.counters(id('start')),
      op.map({ iova: IOVA_TEXT, buffer, memlock: LIMIT }, id('map')),
      op.unmap({ iova: IOVA_TEXT, len }, id('unmap')),
      op.counters(id('end')),
      ...planEnd(upToLimit, buffer, leg),
    ];
  },
  judge: (answer, leg) => {
    const map = answer('map');
    if (!wasAsked(map)) return { saw: sawOf(map), unknown: notAsked };
    const wrong = firstWrong(
      wrongOutcome(expectMapOf(upToLimit, leg, LIMIT), map),
      wrongUnmap(answer('unmap'), map?.ok === true ? lengthOf(upToLimit) : 0),
      wrongLeft(upToLimit, answer, leg),
    );
    return { saw: sawOf(map), wrong };
  },
};

/** What refusals left accounted for would be missing from the limit. */
export const refusals: Case = {
  name: halfLimit.name,
  backings: ['anon', 'fsdax-ext4'],
  expect: (leg) => {
    const { said, why } = sayMapOf(halfLimit, leg, LIMIT);
    return { said: `${said}, then all of the limit mapped`, why };
  },
  plan: (leg) => {
    const { id, name } = leg;
    const [buffer, whole] = [name('range'), name('whole')];
    return [
      op.buffer({ name: buffer, parts: partsOf(halfLimit), touch: 'write' }, id('buffer')),
      op.buffer({ name: whole, parts: `anon:${LIMIT}`, touch: 'write' }),
      op.counters(id('start')),
      op.mapRefusedLoop({ iova: IOVA_TEXT, buffer, count: REFUSALS, memlock: LIMIT }, id('loop')),
      op.unmap({ iova: IOVA_TEXT, len: lengthOf(halfLimit) }, id('unmap')),
      op.map({ iova: IOVA_TEXT, buffer: whole, memlock: LIMIT }, id('whole-map')),
      op.unmap({ iova: IOVA_TEXT, len: LIMIT }, id('whole-unmap')),
      op.counters(id('end')),
      op.release({ name: whole }),
      ...planEnd(halfLimit, buffer, leg),
    ];
  },
  judge: judgeRefusals,
};

function judgeRefusals(answer: Answers, leg: CaseLeg): Seen {
  const loop = answer('loop');
  if (loop?.ok !== true) return unanswered();
  const whole = answer('whole-map');
  const wrong = firstWrong(
    wrongLoop(loop, expectMapOf(halfLimit, leg, LIMIT), REFUSALS),
    wrongUnmap(answer('unmap'), loop['mapped'] === true ? lengthOf(halfLimit) : 0),
    whole?.ok === true
      ? undefined
      : `took from the memlock limit: a range of exactly the limit was then ${sawOf(whole)}`,
    wrongUnmap(answer('whole-unmap'), LIMIT),
    wrongLeft(halfLimit, answer, leg),
  );
  return { saw: `${sawOfLoop(loop)}, then all of the limit ${sawOf(whole)}`, wrong };
}

export const memlockCases: readonly Case[] = [beyond, upTo, refusals];
