import { readFile } from 'node:fs/promises';
import { text as readStream } from 'node:stream/consumers';
import { RequestError, type Context } from '@pinbench/host';
import {
  conformanceOf,
  legsOf,
  parseSequence,
  rulesIn,
  storyIn,
  walk,
  type CheckContext,
  type Sequence,
  type Story,
  type Variant,
} from '@pinbench/model';
import type { Asking, ObservedConform } from './observe-conform.ts';
import { askRound } from './rounds.ts';
import { withStories } from './shrink-check.ts';
import { sayFinding, withEnd } from './shrunk-story.ts';

/** A sequence from a file. */
export type ReadSequence = {
  /** As its user named it. */
  name: string;
  sequence: Sequence;
  /** The line of each operation, from 1. */
  lines: readonly number[];
};

/**
 * Reads a sequence from a file, or from standard input.
 * @throws RequestError that names file and line of what is wrong in it.
 */
export async function readSequence(file: string): Promise<ReadSequence> {
  const name = file === '-' ? 'standard input' : file;
  const text = await (file === '-' ? readStream(process.stdin) : readFile(file, 'utf8')).catch(
    (error: unknown) => {
      throw new RequestError(`cannot read the sequence ${name}`, { cause: error });
    },
  );
  try {
    const sequence = parseSequence(text);
    if (sequence.length === 0) throw new RangeError('there is no operation in it');
    return { name, sequence, lines: linesIn(text) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RequestError(`${name}: ${error.message}`, {
      hint: 'an operation stands in a line, as in `map area=0 at=0 first=0 count=1 prot=rw`',
    });
  }
}

const linesIn = (text: string): number[] =>
  text.split(/\r?\n/).flatMap((line, index) => (/^\s*(#|$)/.test(line) ? [] : [index + 1]));

/**
 * Refuses a sequence with an operation that cannot be asked of any of the variants.
 * @throws RequestError that names its line, and why
 */
export function assertAskable(
  { name, sequence, lines }: ReadSequence,
  variants: readonly Variant[],
  asked: Pick<CheckContext, 'pinning' | 'kernel'>,
): void {
  const [first = [], ...others] = variants.map(
    (variant) => walk(sequence, rulesIn(variant, asked)).notAsked,
  );
  const wrong = first.find(({ index }) =>
    others.every((other) => other.some((each) => each.index === index)),
  );
  if (wrong === undefined) return;
  throw new RequestError(
    `${name}: line ${lines[wrong.index] ?? '?'}: ${wrong.operation.op} cannot be asked: ${wrong.reason}`,
  );
}

/**
 * Runs a sequence alone, and tells of each variant what it did and what the model says.
 * @throws RequestError where it cannot be asked
 */
export async function replaySequence(
  context: Context,
  { request: { variants }, asked, judge, lab }: Asking,
  read: ReadSequence,
): Promise<ObservedConform> {
  const { sequence, name } = read;
  assertAskable(read, variants, asked);
  const round = await context.progress.stage('replay the sequence', () =>
    askRound(context, lab, asked, conformanceOf([sequence], { variants }), judge),
  );
  const stories = round.guests.flatMap((guest) =>
    legsOf(guest.job, guest.records).map((leg): Story => {
      const steps = storyIn(leg, sequence, 0, asked);
      const found = round.wrong?.found.find(({ variant }) => variant === leg.variant);
      return {
        ...{ title: `${name}, ${leg.variant}`, variant: leg.variant },
        steps: found && 'end' in found.finding ? withEnd(steps, sayFinding(found.finding)) : steps,
      };
    }),
  );
  const checks = round.judged.checks.map((check) =>
    check.name === 'conformance' ? withStories(check, stories) : check,
  );
  return { ...round.judged, checks, guests: [...round.guests], stopped: false };
}
