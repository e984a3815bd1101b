import type { AgentRecord } from '../../record.ts';
import type { Answers, Seen } from '../cases/index.ts';
import { unanswered } from '../mapping.ts';
import { describeFailure, EDU_PIECE, PAGE } from '../memory.ts';
import { evidenceOfBytes, evidenceOfWait } from './evidence.ts';
import {
  changeOf,
  claimedOf,
  type Change,
  type Claimed,
  type Returned,
  type Waiting,
} from './records.ts';
import { said, type Rule } from './fate.ts';

/** Judges what one leg did with one question, by what its kernel is expected to do. */
export function judgeAnswers(rule: Rule, answer: Answers): Seen {
  const map = answer('map');
  const change = changeOf(answer('change'));
  if (map === undefined || change === undefined) {
    const failed = describeFailure(answer('change') ?? answer('block') ?? answer('buffer'));
    return unanswered(`could not be asked: ${failed}`);
  }
  if (map.ok !== (rule.fate !== 'harmless')) {
    const wrong = map.ok
      ? 'was asked of a page that the device was given, where the patch is to refuse it'
      : `was asked of a page that could not be mapped: ${describeFailure(map)}`;
    return { saw: map.ok ? 'the page was pinned' : 'the page was refused', wrong };
  }
  return change.state === 'waiting'
    ? judgeWait(rule, change, answer)
    : judgeReturn(rule, change, answer);
}

/** Every step in which a change may be found waiting. */
const waits = ['change', 'interrupt', 'change-again', 'unmapped'] as const;

function judgeWait(rule: Rule, waiting: Waiting, answer: Answers): Seen {
  const interrupted = changeOf(answer('interrupt'));
  const evidence = evidenceOfWait(waiting);
  const elsewhere = waits.find((step) => {
    const change = changeOf(answer(step));
    return change?.state === 'waiting' && !waitsForLayout(change, interrupted);
  });
  if (elsewhere !== undefined) {
    // Such as for its journal, which says nothing of its pages.
    return { saw: 'waits', evidence, unknown: `waited too long for something else (${elsewhere})` };
  }
  if (interrupted === undefined) return { saw: 'waits', evidence, unknown: 'was not interrupted' };
  if (interrupted.state === 'returned') {
    return judgeInterrupted(rule, interrupted, answer, evidence);
  }
  const saw = said['waits-deaf'];
  return {
    saw,
    evidence: [...evidence, 'a signal left it there'],
    ...(rule.fate !== 'waits-deaf' && { wrong: notAs(rule, saw) }),
  };
}

/**
 * ext4_break_layouts(), xfs_break_dax_layouts(), from 6.15 on dax_break_layout() and dax_break_layout_final(). Where a
 * kernel names no function at all EINTR tells it: no other wait of these calls ends with a signal.
 */
function waitsForLayout({ wchan, stack }: Waiting, interrupted: Change | undefined): boolean {
  const names = [...(wchan === null ? [] : [wchan]), ...stack];
  return names.length === 0
    ? interrupted?.state === 'returned' && interrupted.returned === 'EINTR'
    : names.some((name) => /break_(dax_)?layout/.test(name));
}

function judgeInterrupted(
  rule: Rule,
  { returned }: Returned,
  answer: Answers,
  where: readonly string[],
): Seen {
  const [again, unmapped] = [changeOf(answer('change-again')), changeOf(answer('unmapped'))];
  const kept = sameFile(answer('block'), answer('block-kept'));
  const saw =
    unmapped === undefined
      ? 'waits'
      : unmapped.state === 'waiting'
        ? said.waits
        : 'waits until the unmap';
  const evidence = [
    ...where,
    `a signal ended it with ${returned}${kept ? ', the file as it was' : ''}`,
    ...(unmapped?.state === 'waiting' ? ['tried again, it waited after the unmap too'] : []),
  ];
  if (rule.fate !== 'waits') return { saw, evidence, wrong: notAs(rule, saw) };
  if (returned !== 'EINTR') {
    return { saw, evidence, wrong: `was interrupted, and returned ${returned} instead of EINTR` };
  }
  if (!kept) return { saw, evidence, wrong: 'was interrupted, and changed the file all the same' };
  if (again?.state !== 'waiting') {
    return { saw, evidence, wrong: 'waited once, and not when it was tried again' };
  }
  if (answer('unmap')?.ok !== true || unmapped === undefined) {
    return { saw, evidence, unknown: 'was not asked again without the mapping' };
  }
  return { saw, evidence, ...(unmapped.state === 'returned' && { wrong: notAs(rule, saw) }) };
}

function judgeReturn(rule: Rule, { returned }: Returned, answer: Answers): Seen {
  const saw = returned === '0' ? 'returns' : `returns ${returned}`;
  if (returned !== '0' || rule.fate === 'waits' || rule.fate === 'waits-deaf') {
    return { saw, wrong: notAs(rule, saw) };
  }
  const [claim, dma] = [answer('claim'), answer('dma')];
  const claimed = claimedOf(answer('claimed'));
  if (claim?.ok !== true || claim['block'] !== answer('block')?.['block']) {
    return {
      saw,
      unknown: `was not followed by another file in the same block: ${describeFailure(claim)}`,
    };
  }
  if (dma?.ok !== true || claimed === undefined) {
    const failed = dma?.ok === true ? answer('claimed') : dma;
    return {
      saw,
      unknown: `was not followed by a DMA whose outcome is known: ${describeFailure(failed)}`,
    };
  }
  return judgeBytes(rule, claimed, String(claim['block']));
}

function judgeBytes(rule: Rule, claimed: Claimed, block: string): Seen {
  const evidence = evidenceOfBytes(claimed, block);
  if (claimed.own === PAGE) {
    const saw = said.harmless;
    return rule.fate === 'harmless'
      ? { saw, evidence }
      : { saw, evidence, wrong: notAs(rule, saw) };
  }
  const saw = said.overwrites;
  if (rule.fate !== 'overwrites') return { saw, evidence, wrong: notAs(rule, saw) };
  return claimed.own === 0 && claimed.other === EDU_PIECE
    ? { saw, evidence }
    : { saw: 'changes another file', evidence, wrong: 'left other bytes than the device wrote' };
}

const notAs = (rule: Rule, saw: string): string => `${saw}, where ${rule.why}`;

const sameFile = (one: AgentRecord | undefined, other: AgentRecord | undefined): boolean =>
  other?.ok === true && other['size'] === one?.['size'] && other['block'] === one?.['block'];
