import type { Expectation } from '../../expectation.ts';
import { iova, operations as op, type Operation } from '../../plan.ts';
import type { AgentRecord } from '../../record.ts';
import type { Answers, CaseExpectation, CaseLeg } from '../cases/index.ts';
import { punchWaits } from '../layout-break.ts';
import {
  expectIn,
  firstWrong,
  inWords,
  wrongAccounting,
  wrongPages,
  wrongPunch,
} from '../mapping.ts';
import { IOVA } from '../memory.ts';
import { fsdaxIn, type Range } from './ranges.ts';

export const IOVA_TEXT = iova(IOVA);

export const expectFsdax = (leg: CaseLeg): Expectation => expectIn(leg, 'fsdax-ext4');

/** In the words of a case: what a map does that has filesystem-DAX memory in its range. */
export const expectRefusal = (leg: CaseLeg): CaseExpectation => inWords(expectFsdax(leg));

const isRefused = (leg: CaseLeg): boolean => expectFsdax(leg).outcome === 'refused';

const asksPunch = (range: Range, leg: CaseLeg): boolean =>
  isRefused(leg) && punchWaits(fsdaxIn(range).backing, leg.context.kernel);

/** Where the file may go only if it was never pinned: to unlink one of which pins are kept makes fs/dax warn. */
export function planEnd(range: Range, buffer: string, leg: CaseLeg): Operation[] {
  const { off, len } = fsdaxIn(range);
  return [
    ...(asksPunch(range, leg) ? [op.punch({ buffer, off, len }, leg.id('punch'))] : []),
    op.release({ name: buffer, file: isRefused(leg) ? 'unlink' : 'keep' }, leg.id('release')),
  ];
}

/** What a map that was refused, or unmapped again, has left behind of its pages and of what they count for. */
export function wrongLeft(range: Range, answer: Answers, leg: CaseLeg): string | undefined {
  return firstWrong(
    wrongAccounting([answer('start'), withoutKeptPins(answer, leg)]),
    asksPunch(range, leg) ? wrongPunch(answer('punch')) : undefined,
    wrongPages(answer('release')),
  );
}

/** Where persistent memory is pinned at all, the kernel may keep the pins (see stuckPages in pin-refusal). */
function withoutKeptPins(answer: Answers, leg: CaseLeg): AgentRecord | undefined {
  const end = answer('end');
  if (end === undefined || isRefused(leg)) return end;
  return { ...end, foll_pin_acquired: null, foll_pin_released: null };
}
