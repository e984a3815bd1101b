import { isFsdax, type Backing } from '../../backing.ts';
import { describeExpectation, type Expectation } from '../../expect/index.ts';
import { lacksModule } from '../../test-module.ts';
import type { Check } from '../check.ts';
import { caseCheck, type Case } from '../cases/index.ts';
import { expectIn } from '../mapping.ts';
import { bufferAssumptions } from '../memory.ts';
import { judgeAnswers } from './judge.ts';
import { type By, moduleName, planQuestion, type Question } from './questions.ts';

const name = 'remote-mm';

const asked: readonly Backing[] = [
  'anon',
  'memfd',
  'fsdax-ext4',
  'fsdax-xfs',
  'device-dax',
  'half-fsdax',
];

/** For whose process a pin is made: of a kernel thread's it is another. */
const who: Record<By, string> = { worker: 'for another process', caller: 'for itself' };

const rowName = ({ backing, by }: Question): string => `${backing}, ${who[by]}`;

const said = (expected: Expectation): string =>
  expected.outcome === 'maps' ? 'pinned' : describeExpectation(expected);

const caseOf = (question: Question): Case => ({
  name: rowName(question),
  backings: [question.backing],
  skip: lacksModule(moduleName),
  expect: (leg) => {
    const expected = expectIn(leg, question.backing);
    return { said: said(expected), why: expected.why };
  },
  plan: (leg) => planQuestion(question, leg),
  judge: (answer, leg, before) => judgeAnswers(question, answer, leg, before),
  assume: (answer, { variant, index }) =>
    bufferAssumptions(
      question.backing,
      `${name}, ${who[question.by]}, leg ${index + 1} ${variant}`,
      answer('buffer'),
    ),
});

/**
 * vfio_pin_pages(), by which drivers of mediated devices pin what they need when they need it. From a kernel thread
 * VFIO takes the path for another process's memory, which nothing that a process asks for by itself reaches.
 */
export const remoteMm: Check = caseCheck({
  name,
  title: 'The same holds for what VFIO pins for another process',
  cases: (['worker', 'caller'] as const).flatMap((by) =>
    asked.map((backing) => caseOf({ backing, by })),
  ),
  says: (rows) => {
    const fsdax = asked.filter(
      (backing) =>
        isFsdax(backing) && rows.some(({ name }) => name === rowName({ backing, by: 'worker' })),
    );
    if (fsdax.length === 0) return [];
    return [
      `A kernel thread that pins memory of another process, as drivers of mediated devices do (vfio_pin_pages()), is refused filesystem-DAX memory too (${fsdax.join(', ')}), and nothing stays behind.`,
    ];
  },
});
