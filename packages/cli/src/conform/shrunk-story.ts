import {
  findingsIn,
  legsOf,
  storyIn,
  type CheckContext,
  type Finding,
  type Leg,
  type Story,
  type Variant,
} from '@pinbench/model';
import { shortPath } from '../run/request.ts';
import { keepSequence } from './keep-sequence.ts';
import type { Shrunk } from './shrink-finding.ts';

type Where = {
  out: string;
  seed: number | undefined;
  /** The command that replays a file. */
  replay: (file: string) => string;
  /** The command that runs all that it was found among. */
  round: string;
};

/** Keeps a shrunk sequence in files, and tells it for the reports. */
export async function storyOfShrunk(
  shrunk: Shrunk,
  asked: CheckContext,
  { out, seed, replay, round }: Where,
): Promise<Story> {
  const { sequence, found, guest, confirmed, rounds, tried, isLeast } = shrunk;
  const { variant, number } = found;
  const origin = seed === undefined ? `sequence ${number}` : `sequence ${number} of seed ${seed}`;
  const own = guest && findingsIn(guest, [sequence], asked)[0]?.findings[0];
  const finding = own === undefined || own === 'right' ? found.finding : own;
  const file = await keepSequence(out, `${seed ?? 'replay'}-${number}`, sequence, {
    comments: [`${origin}, ${variant}: ${sayFinding(finding)}`],
    ...(guest && { guest }),
  });
  const [leg] = guest === undefined ? [] : legsOf(guest.job, guest.records);
  const steps = storyIn(leg ?? unasked(variant), sequence, 0, asked);
  return {
    ...{ title: `${origin}, ${variant}`, variant },
    steps: guest && 'end' in finding ? withEnd(steps, sayFinding(finding)) : steps,
    shrunk: {
      ...{ from: found.sequence.length, tried, rounds },
      ...{ least: isLeast, confirmed },
    },
    file: shortPath(file),
    command: confirmed ? replay(shortPath(file)) : round,
  };
}

/** A leg of a guest that was never taken up. */
const unasked = (variant: Variant): Leg => ({
  ...{ boot: 0, index: 0, variant, patched: variant === 'after' },
  record: () => undefined,
});

/** Says it of the operation that the guest did not come back from. */
export function withEnd(steps: Story['steps'], seen: string): Story['steps'] {
  const last = steps.findIndex(
    ({ seen: own, notAsked }) => own === undefined && notAsked === undefined,
  );
  return steps.map((step, index) => (index === last ? { ...step, seen, differs: true } : step));
}

/** How a sequence goes wrong, in a line. */
export const sayFinding = (finding: Finding): string =>
  'end' in finding
    ? `the guest ends in it (${finding.end})`
    : `${finding.difference.kind}: expected ${finding.difference.expected}, seen ${finding.difference.seen}`;
