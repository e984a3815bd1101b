import { accountingOf } from '../checks/accounting.ts';
import { claimedOf } from '../checks/truncate-harm/records.ts';
import type { Story } from '../result.ts';
import { formatOperation, type Rules } from '../world/index.ts';
import {
  describeResult,
  isTakenByOthers,
  seenOf,
  wrongCounters,
  wrongEnd,
  wrongEndOfBroken,
  wrongFrame,
  wrongStep,
  type Parting,
  type SequenceAnswers,
} from './compare.ts';
import { PIECE } from './layout.ts';
import { answerId, frameIds } from './names.ts';
import type { NotAsked, Walk, Walked } from './walk.ts';

type Step = Story['steps'][number];

type Numbered = { readonly index: number; readonly step: Step };

/** A sequence operation by operation: what the model says comes of each, and what a guest answered. */
export function tellSequence(walk: Walk, answer: SequenceAnswers, rules: Rules): Step[] {
  const start = accountingOf(answer(frameIds.start));
  const frame = wrongFrame(answer)?.difference;
  if (frame !== undefined) {
    return [{ operation: frame.operation, ...differing({}, undefined, frame) }];
  }
  const broken = walk.steps.find((step) => isTakenByOthers(step, answer));
  const end = broken?.index ?? Infinity;
  const told = walk.steps.filter(({ index }) => index < end);
  const asked = told.map((step): Numbered => {
    const { index, operation, result } = step;
    const record = answer(answerId(index));
    const expected = describeResult(result);
    const told = { operation: formatOperation(operation), expected, differs: false };
    const why = 'why' in result && { why: result.why };
    if (record === undefined) return { index, step: { ...told, ...why } };
    const seen = seenOf(result, record, answer(answerId(index, 'interrupt')));
    const parting = wrongStep(step, answer) ?? wrongCounters(step, start, answer, rules);
    const harm = harmOf(step, seen, claimedOf(answer(answerId(index, 'claimed'))));
    return {
      index,
      step: {
        ...(parting === undefined
          ? { ...told, seen, ...why }
          : { ...told, ...differing(told, seen, parting) }),
        ...(harm !== undefined && { harm }),
      },
    };
  });
  const leftOut = walk.notAsked.filter(({ index }) => index < end).map(tellNotAsked);
  const steps = [...asked, ...leftOut, ...(broken === undefined ? [] : [tellBrokenOff(broken)])]
    .sort((a, b) => a.index - b.index)
    .map(({ step }) => step);
  const { difference: left } =
    broken === undefined
      ? wrongEnd(walk.takenBack, start, answer, rules)
      : wrongEndOfBroken(walk.takenBack, start, answer, rules);
  // What went wrong on the way shows in the end as well.
  return left === undefined || steps.some(({ differs }) => differs)
    ? steps
    : [...steps, { operation: left.operation, ...differing({}, undefined, left) }];
}

/** It keeps its place, so that numbers are those of the sequence. */
const tellNotAsked = ({ index, operation, reason }: NotAsked): Numbered => ({
  index,
  step: {
    operation: formatOperation(operation),
    ...{ expected: '', differs: false, notAsked: reason },
  },
});

const tellBrokenOff = ({ index, operation, result }: Walked): Numbered => ({
  index,
  step: {
    operation: formatOperation(operation),
    expected: describeResult(result),
    ...{ seen: 'another file has the block: nothing more is said', differs: false },
  },
});

/** What differs may be the answer itself, or what is counted once it is given. */
function differing(
  told: { expected?: string },
  seen: string | undefined,
  { kind, ...parting }: Parting,
): Pick<Step, 'expected' | 'seen' | 'why' | 'differs'> {
  const say = (answer: string | undefined, counted: string): string =>
    kind === 'answer' ? counted : [answer, `${kind} ${counted}`].filter(Boolean).join('; ');
  return {
    expected: say(told.expected, parting.expected),
    seen: say(seen, parting.seen),
    ...(parting.why !== undefined && { why: parting.why }),
    differs: true,
  };
}

/** What the file system, or somebody else, suffers from a page that a device has, as far as it was seen. */
function harmOf(
  { operation, result }: Walked,
  seen: string,
  claimed: ReturnType<typeof claimedOf>,
): string | undefined {
  if (operation.op === 'truncate' || operation.op === 'punch' || operation.op === 'unlink') {
    return seen.startsWith('waits') ? `the file system ${seen}` : undefined;
  }
  if (operation.op !== 'dma-write' || seen !== 'done' || result.outcome !== 'written') {
    return undefined;
  }
  if (claimed !== undefined && claimed.other >= PIECE) {
    return "the device's bytes are found in the other file";
  }
  return result.reached === 'nobody'
    ? 'by the model the device writes to a block that is free; nobody looks there'
    : undefined;
}
