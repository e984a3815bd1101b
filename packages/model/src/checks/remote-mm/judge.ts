import type { AgentRecord } from '../../record.ts';
import { accountingOf, heldSince } from '../accounting.ts';
import { isWholeFile, punchWaits } from '../../expect/index.ts';
import type { Answers, CaseLeg, Seen } from '../cases/index.ts';
import {
  expectIn,
  firstWrong,
  unanswered,
  wrongAccounting,
  wrongOutcome,
  wrongPages,
  wrongPunch,
} from '../mapping.ts';
import { describeFailure } from '../memory.ts';
import { keptOf, type Question } from './questions.ts';

/** What has to work before VFIO can be asked to pin anything: mapping pins nothing here. */
const way = ['insmod', 'open', 'buffer', 'map', 'counters-start'] as const;

/** Judges what one leg did with one kind of memory. */
export function judgeAnswers(
  question: Question,
  answer: Answers,
  leg: CaseLeg,
  before: Answers,
): Seen {
  const stopped = way.find((step) => answer(step)?.ok !== true);
  if (stopped !== undefined) {
    const why = describeFailure(answer(stopped));
    return unanswered(`could not be asked: ${stopped} gave ${why}`);
  }
  const { backing } = question;
  const expected = expectIn(leg, backing);
  const asksPunch =
    expected.outcome === 'refused' &&
    isWholeFile(backing) &&
    punchWaits(backing, leg.context.kernel);
  return {
    saw: sayOutcome(answer('pin')),
    wrong: firstWrong(
      wrongOutcome(expected, answer('pin')),
      wrongAccount(answer, before),
      expected.outcome === 'maps' ? wrongStep(answer('unpin'), 'be unpinned') : undefined,
      wrongAccounting(
        [answer('counters-start'), answer('counters-unpinned')],
        keptOf(question, leg),
      ),
      wrongStep(answer('unmap'), 'be unmapped'),
      wrongStep(answer('close'), 'be let go of'),
      wrongStep(answer('rmmod'), 'be let go of: the device stayed in use'),
      asksPunch ? wrongPunch(answer('punch')) : undefined,
      wrongPages(answer('release')),
    ),
  };
}

const sayOutcome = (pin: AgentRecord | undefined): string => {
  if (pin === undefined) return 'not known';
  return pin.ok ? 'pinned' : `refused ${pin.error ?? String(pin.errno)}`;
};

const wrongStep = (record: AgentRecord | undefined, what: string): string | undefined =>
  record?.ok === true ? undefined : `could not ${what} (${describeFailure(record)})`;

/** What is pinned is accounted for as it was before the patch. */
function wrongAccount(answer: Answers, before: Answers): string | undefined {
  const [held, reference] = [answer, before].map(heldWhilePinned);
  if (held === undefined || reference === undefined || held === reference) return undefined;
  return `was accounted for as ${held} while pinned, where before the patch it was ${reference}`;
}

function heldWhilePinned(answer: Answers): string | undefined {
  const [start, pinned] = [answer('counters-start'), answer('counters-pinned')].map(accountingOf);
  return answer('pin')?.ok === true && start && pinned ? heldSince(start, pinned) : undefined;
}
