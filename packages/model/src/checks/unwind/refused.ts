import {
  expectRange,
  keptPins,
  punchWaits,
  type Expectation,
  type Memory,
} from '../../expect/index.ts';
import { iova, operations as op, type Operation } from '../../plan.ts';
import type { Answers, CaseExpectation, CaseLeg } from '../cases/index.ts';
import {
  firstWrong,
  inWords,
  pinnerIn,
  wrongAccounting,
  wrongPages,
  wrongPunch,
} from '../mapping.ts';
import { IOVA, PAGE } from '../memory.ts';
import { fsdaxIn, type Range } from './ranges.ts';

export const IOVA_TEXT = iova(IOVA);

const memoryOf = ({ parts }: Range): Memory => ({
  parts: parts.map(([backing, bytes]) => ({ backing, pages: bytes / PAGE })),
});

/** What comes of a map of a range that has filesystem-DAX memory in it. @param memlock the limit, in bytes */
export const expectMapOf = (range: Range, leg: CaseLeg, memlock?: number): Expectation =>
  expectRange(pinnerIn(leg), memoryOf(range), memlock === undefined ? undefined : memlock / PAGE);

/** The same in the words of a case. */
export const sayMapOf = (range: Range, leg: CaseLeg, memlock?: number): CaseExpectation =>
  inWords(expectMapOf(range, leg, memlock));

const isRefused = (range: Range, leg: CaseLeg): boolean =>
  expectMapOf(range, leg).outcome === 'refused';

const asksPunch = (range: Range, leg: CaseLeg): boolean =>
  isRefused(range, leg) && punchWaits(fsdaxIn(range).backing, leg.context.kernel);

/** Where the file may go only if it was never pinned: to unlink one of which pins are kept makes fs/dax warn. */
export function planEnd(range: Range, buffer: string, leg: CaseLeg): Operation[] {
  const { off, len } = fsdaxIn(range);
  return [
    ...(asksPunch(range, leg) ? [op.punch({ buffer, off, len }, leg.id('punch'))] : []),
    op.release(
      { name: buffer, file: isRefused(range, leg) ? 'unlink' : 'keep' },
      leg.id('release'),
    ),
  ];
}

/** What a map that was refused, or unmapped again, has left behind of its pages and of what they count for. */
export function wrongLeft(range: Range, answer: Answers, leg: CaseLeg): string | undefined {
  return firstWrong(
    wrongAccounting([answer('start'), answer('end')], keptPins(pinnerIn(leg), memoryOf(range))),
    asksPunch(range, leg) ? wrongPunch(answer('punch')) : undefined,
    wrongPages(answer('release')),
  );
}
