import { accountingOf, type Accounting } from '../checks/accounting.ts';
import { changeOf, claimedOf } from '../checks/truncate-harm/records.ts';
import { describeFailure, PAGE } from '../checks/memory.ts';
import type { AgentRecord } from '../record.ts';
import { formatOperation, type Result, type Rules, type World } from '../world/index.ts';
import { mappingAt } from '../world/container.ts';
import { faultForReading } from '../world/pages.ts';
import { accountsOf } from './accounts.ts';
import { bounce, contentOf, PIECE } from './layout.ts';
import { answerId, besides, frameIds, releaseId, unlinkId, type Asked } from './names.ts';
import { filesUnlinked, isReleased } from './plan-sequence.ts';
import type { Walk, Walked } from './walk.ts';

/** Where a kernel and the model part. */
export type Difference = {
  /** The operation's place in the sequence; undefined for what stays once all is taken back. */
  readonly index?: number;
  readonly operation: string;
  /** What differs: `answer`, `VmLck`, `pins`, `entries`, `lock`, `kept`, `step`. Two differences are alike if these are. */
  readonly kind: string;
  readonly expected: string;
  readonly seen: string;
  /** The rule behind what is expected, where there is one. */
  readonly why?: string;
};

/** A sequence as a guest answered it. */
export type Compared = {
  /** Operations that were held against the model, up to the first that differs. */
  readonly operations: number;
  readonly difference?: Difference;
  /** The guest did not get to its end. */
  readonly cutOff?: true;
  /** Another file had the block that it was about: of what follows only the end is held. */
  readonly brokenOff?: true;
};

/** The records of a sequence, by step. */
export type SequenceAnswers = (step: string) => AgentRecord | undefined;

/** Holds the answers to a sequence against the model's: up to the first that differs, as what follows rests on it. */
export function compareSequence(walk: Walk, answer: SequenceAnswers, rules: Rules): Compared {
  const start = accountingOf(answer(frameIds.start));
  const opened = wrongFrame(answer);
  if (opened !== undefined) return { operations: 0, ...opened };
  for (const [position, step] of walk.steps.entries()) {
    if (isTakenByOthers(step, answer)) {
      return {
        operations: position,
        brokenOff: true,
        ...wrongEndOfBroken(walk.takenBack, start, answer, rules),
      };
    }
    if (answer(answerId(step.index)) === undefined) return { operations: position, cutOff: true };
    const found = wrongStep(step, answer) ?? wrongCounters(step, start, answer, rules);
    if (found === undefined) continue;
    const { index, operation } = step;
    const difference = { index, operation: formatOperation(operation), ...found };
    return { operations: position + 1, difference };
  }
  const left = wrongEnd(walk.takenBack, start, answer, rules);
  return { operations: walk.steps.length, ...left };
}

/** Which file gets a block cannot be chosen: where another has it, no operation more is held against the model. */
export const isTakenByOthers = ({ index, operation }: Walked, answer: SequenceAnswers): boolean => {
  const record = answer(answerId(index));
  return operation.op === 'create' && record?.at === 'block' && record.error === 'EBUSY';
};

export type Parting = Omit<Difference, 'index' | 'operation'>;

const differs = (kind: string, expected: string, seen: string, why?: string): Parting => ({
  kind,
  expected,
  seen,
  ...(why !== undefined && { why }),
});

const keptLock = differs('lock', 'mmap_lock is free', 'mmap_lock is kept');

/** What comes before the first operation. */
export function wrongFrame(
  answer: SequenceAnswers,
): Pick<Compared, 'difference' | 'cutOff'> | undefined {
  const { bounce, open, openBounce, openProbe, start } = frameIds;
  for (const step of [bounce, open, openBounce, openProbe, start]) {
    const record = answer(step);
    if (record === undefined) return { cutOff: true };
    if (record.ok) continue;
    const found =
      record['hung'] === true ? keptLock : differs('start', 'ok', describeFailure(record));
    return { difference: { operation: `at the start: ${record.op}`, ...found } };
  }
  return undefined;
}

/** What an operation answered. */
export function wrongStep(walked: Walked, answer: SequenceAnswers): Parting | undefined {
  const { index, result, operation, after } = walked;
  const of = (what?: Asked): AgentRecord | undefined => answer(answerId(index, what));
  const copied = wrongBeside(of('copy'));
  if (copied !== undefined) return copied;
  const seen = seenOf(result, of(), of('interrupt'));
  const expected = describeResult(result);
  if (seen !== expected && !isLeftOver(walked, seen)) {
    return differs('answer', expected, seen, 'why' in result ? result.why : undefined);
  }
  const beside = wrongBesides(walked, of);
  if (beside !== undefined) return beside;
  const claimed = claimedOf(of('claimed'));
  if (claimed !== undefined && claimed.other < PIECE) {
    return differs('answer', 'the bytes of the device in the other file', `${claimed.found}…`);
  }
  if (operation.op === 'munmap') return wrongKept(of(), after.areas[operation.area]);
  return undefined;
}

/** What was done beside the operation that answers: bytes that are found where a copy failed say nothing. */
function wrongBesides(
  walked: Walked,
  of: (what?: Asked) => AgentRecord | undefined,
): Parting | undefined {
  for (const what of besides) {
    const record = of(what);
    const found = what === 'touch' ? wrongTouch(walked, record, of()) : wrongBeside(record);
    if (found !== undefined) return found;
  }
  const interrupt = of('interrupt');
  // There is nothing to interrupt where the change had returned.
  const isOver = changeOf(of())?.state === 'returned' && interrupt?.error === 'ESRCH';
  return isOver ? undefined : wrongBeside(interrupt);
}

function wrongBeside(record: AgentRecord | undefined): Parting | undefined {
  if (record === undefined || record.ok) return undefined;
  return record['hung'] === true
    ? keptLock
    : differs('step', `${record.op} done`, `${record.op}: ${describeFailure(record)}`);
}

/** All pages of a part do as its first one, which answers; the agent's touch reads each before it writes. */
function wrongTouch(
  { operation, before }: Walked,
  touch: AgentRecord | undefined,
  first: AgentRecord | undefined,
): Parting | undefined {
  if (touch === undefined || first === undefined) return undefined;
  const said = (record: AgentRecord): string =>
    record.ok ? 'done' : (signalOf(record) ?? describeFailure(record));
  const expected = signalOfReading(operation, before) ?? said(first);
  const seen = said(touch);
  return seen === expected
    ? undefined
    : differs('step', `${touch.op} ${expected}`, `${touch.op}: ${seen}`);
}

function signalOfReading(operation: Walked['operation'], { areas }: World): string | undefined {
  if (operation.op !== 'load' && operation.op !== 'store') return undefined;
  const area = areas[operation.area];
  const part = area?.parts[operation.part];
  const fault = area && part && faultForReading(part, area.shape, 'mine');
  return typeof fault === 'string' ? fault : undefined;
}

/** Persistent memory of a device has what was written there last, in another sequence, until it is written to. */
function isLeftOver({ operation, before, result }: Walked, seen: string): boolean {
  if (result.outcome !== 'read' || result.content !== 'zero' || !('area' in operation))
    return false;
  const area = before.areas[operation.area];
  const part =
    area && operation.op === 'dma-read'
      ? mappingAt(area, operation.at)?.part
      : 'part' in operation
        ? operation.part
        : undefined;
  const isPersistent = area?.parts[part ?? -1]?.shape.backing === 'device-dax';
  return isPersistent && seen.startsWith('reads ');
}

/** A result in words. */
export function describeResult(result: Result): string {
  switch (result.outcome) {
    case 'done':
      return 'done';
    case 'maps':
      return 'mapped';
    case 'refused':
      return `refused ${result.errno}`;
    case 'unmapped':
      return `${result.pages} pages unmapped`;
    case 'signal':
      return result.signal;
    case 'read':
      return `reads ${result.content}`;
    case 'read-nothing':
      return 'reads nothing';
    case 'written':
      return 'done';
    case 'waits':
      return result.until === 'signal' ? 'waits until a signal comes' : 'waits for good';
  }
}

/** What a guest saw, in the same words. */
export function seenOf(
  result: Result,
  record: AgentRecord | undefined,
  interrupt: AgentRecord | undefined,
): string {
  if (record === undefined) return 'no record';
  switch (record.op) {
    case 'map-watched':
    case 'map':
      return seenOfMap(record);
    case 'unmap':
      return seenOfUnmap(record);
    case 'change':
      return seenOfChange(record, interrupt);
    case 'which':
    case 'child-which':
      return seenOfBytes(record, result);
    default:
      return record.ok ? 'done' : (signalOf(record) ?? describeFailure(record));
  }
}

const seenOfMap = (record: AgentRecord): string => {
  if (record.ok) return 'mapped';
  if (record['hung'] === true) return 'waits for mmap_lock for good';
  return record.at === 'VFIO_IOMMU_MAP_DMA'
    ? `refused ${record.error ?? '?'}`
    : describeFailure(record);
};

const seenOfUnmap = (record: AgentRecord): string => {
  if (record.ok) return `${Number(record['unmapped']) / PAGE} pages unmapped`;
  return record.at === 'VFIO_IOMMU_UNMAP_DMA'
    ? `refused ${record.error ?? '?'}`
    : describeFailure(record);
};

function seenOfChange(record: AgentRecord, interrupt: AgentRecord | undefined): string {
  const change = changeOf(record);
  if (change === undefined) return describeFailure(record);
  if (change.state === 'returned') {
    return change.returned === '0' ? 'done' : `returns ${change.returned}`;
  }
  const after = changeOf(interrupt);
  if (after === undefined) return 'waits';
  if (after.state === 'waiting') return 'waits for good';
  return after.returned === 'EINTR' ? 'waits until a signal comes' : `returns ${after.returned}`;
}

/** A device that reaches no memory reads zeroes (QEMU, unassigned memory). */
function seenOfBytes(record: AgentRecord, result: Result): string {
  if (!record.ok) return signalOf(record) ?? describeFailure(record);
  const content = contentOf(record['seed']);
  if (result.outcome === 'read-nothing' && content === 'zero') return describeResult(result);
  return content === undefined
    ? `reads ${String(record['found'])}… in ${PIECE} bytes`
    : `reads ${content}`;
}

const signalOf = ({ at }: AgentRecord): string | undefined =>
  at === 'SIGBUS' || at === 'SIGSEGV' ? at : undefined;

export function wrongCounters(
  { index, after }: Walked,
  start: Accounting | undefined,
  answer: SequenceAnswers,
  rules: Rules,
): Parting | undefined {
  const record = answer(answerId(index, 'counters'));
  return record === undefined ? undefined : wrongAccounts(after, start, record, rules);
}

/** What is held against what the model says is held. Counters that a kernel does not have say nothing. */
function wrongAccounts(
  world: World,
  start: Accounting | undefined,
  record: AgentRecord,
  rules: Rules,
): Parting | undefined {
  const now = accountingOf(record);
  if (start === undefined || now === undefined) {
    return differs('counters', 'counters', describeFailure(record));
  }
  const { locked, pinned, entries } = accountsOf(world, rules);
  // At the start the bounce buffer was mapped; with a closed container nothing is.
  const gone = world.open ? 0 : bounce.pages;
  const seen = {
    locked: ((now.vmlck - start.vmlck) * 1024) / PAGE + gone,
    pinned:
      now.pinned === null || start.pinned === null ? pinned : now.pinned - start.pinned + gone,
    entries: now.entries === null || start.entries === null ? entries : start.entries - now.entries,
  };
  const pages = (count: number): string => `${count} pages`;
  if (seen.locked !== locked) return differs('VmLck', pages(locked), pages(seen.locked));
  if (seen.pinned !== pinned) return differs('pins', pages(pinned), pages(seen.pinned));
  if (seen.entries !== entries) {
    return differs('entries', `${entries ?? 0} mappings`, `${seen.entries ?? 0} mappings`);
  }
  return undefined;
}

/** Memory that nobody has any more is free again. What a device or a child may still have is not asked about. */
function wrongKept(
  record: AgentRecord | undefined,
  area: World['areas'][number],
): Parting | undefined {
  const kept = record?.['kept'];
  const mayStay =
    area === undefined ||
    area.forked ||
    area.parts.some(({ pages }) => pages.some(({ pins, stuck }) => pins + stuck > 0));
  if (mayStay || typeof kept !== 'number' || kept === 0) return undefined;
  return differs('kept', 'its pages are free', `${kept} of its pages are not`);
}

/** What stays once the container is closed and the child is gone. */
export function wrongEnd(
  end: World,
  start: Accounting | undefined,
  answer: SequenceAnswers,
  rules: Rules,
): Pick<Compared, 'difference' | 'cutOff'> {
  const counters = answer(frameIds.end);
  if (counters === undefined) return { cutOff: true };
  const found =
    wrongTakingBack(answer) ??
    wrongAccounts(end, start, counters, rules) ??
    wrongReleases(end, answer);
  return atTheEnd(found);
}

/** Whose the blocks were decides what a map or a file answers and which pins stay; a closed container locks nothing. */
export function wrongEndOfBroken(
  end: World,
  start: Accounting | undefined,
  answer: SequenceAnswers,
  rules: Rules,
): Pick<Compared, 'difference' | 'cutOff'> {
  const counters = answer(frameIds.end);
  if (counters === undefined) return { cutOff: true };
  const withoutPins = { ...counters, foll_pin_acquired: null, foll_pin_released: null };
  return atTheEnd(wrongTakingBack(answer) ?? wrongAccounts(end, start, withoutPins, rules));
}

const wrongTakingBack = (answer: SequenceAnswers): Parting | undefined =>
  wrongBeside(answer(frameIds.childExit)) ?? wrongBeside(answer(frameIds.close));

const atTheEnd = (found: Parting | undefined): Pick<Compared, 'difference'> =>
  found === undefined ? {} : { difference: { operation: 'all is taken back', ...found } };

function wrongReleases({ areas }: World, answer: SequenceAnswers): Parting | undefined {
  for (const [slot, area] of areas.entries()) {
    if (area === undefined) continue;
    const release = answer(releaseId(slot));
    if (isReleased(area) && release?.ok === false) {
      return differs('release', 'done', describeFailure(release));
    }
    const kept = isReleased(area) ? wrongKept(release, area) : undefined;
    if (kept !== undefined) return kept;
    for (const part of filesUnlinked(area)) {
      const record = answer(unlinkId(slot, part));
      const seen = record === undefined ? 'done' : seenOfChange(record, undefined);
      if (seen !== 'done') return differs('unlink', 'done', seen);
    }
  }
  return undefined;
}
