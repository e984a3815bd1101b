import { atLeast, type KernelVersion } from '../../kernel-version.ts';
import { operations as op, type Operation } from '../../plan.ts';
import type { AgentRecord } from '../../record.ts';
import { lacksModule, loadTestModule, removeTestModule } from '../../test-module.ts';
import type { Answers, Case, CaseExpectation, CaseLeg, Seen } from '../cases/index.ts';
import { describeFailure, PAGE } from '../memory.ts';
import { PAGES, planMap, planUnmap } from './plan.ts';
import { stuck } from './release.ts';

const module = 'fault_probe';
const parameters = `/sys/module/${module}/parameters`;

/**
 * Up to v5.7 handle_userfault() warns where the lock is not held; from v5.8 on only kernels that were built with
 * DEBUG_VM or lockdep look (42fc541404f2, "mmap locking API: add mmap_assert_locked() and mmap_assert_write_locked()").
 */
const warnsByItself = (kernel: KernelVersion): boolean => !atLeast(kernel, 5, 8);

/** Untouched memory, so that the pin has to fault it in: missing for good, or with a probe where that is done. */
export const faultCase: Case = {
  name: 'untouched memory',
  backings: ['anon'],
  skip: (context) => (warnsByItself(context.kernel) ? undefined : lacksModule(module)(context)),
  expect,
  plan: (leg) => (warnsByItself(leg.context.kernel) ? planMissing(leg) : planProbed(leg)),
  judge: (answer, { context }) => {
    if (answer('map')?.['hung'] === true) return stuck;
    return warnsByItself(context.kernel) ? judgeMissing(answer) : judgeProbed(answer);
  },
};

const under = 'under mmap_lock';
const without = 'without mmap_lock';

function expect({ variant, context }: CaseLeg): CaseExpectation {
  const fast = context.pinning[variant] === 'gup-fast';
  return {
    said: under,
    why: fast
      ? 'get_user_pages_fast() takes mmap_lock by itself where it has to fault'
      : 'a long-term GUP wants its caller to hold mmap_lock (bb94b55af346)',
  };
}

/** userfaultfd has every fault on the buffer fail, and handle_userfault() look at the lock before that. */
function planMissing(leg: CaseLeg): Operation[] {
  const buffer = leg.name('missing');
  return [
    op.buffer({ name: buffer, parts: `anon:${PAGES * PAGE}`, touch: 'none' }),
    op.uffdRegister({ buffer }, leg.id('register')),
    op.kmsgMark(),
    ...planMap(leg, buffer),
    op.kmsgComplaints(leg.id('complaints')),
    planUnmap(leg),
    op.uffdClose(),
    op.release({ name: buffer }),
  ];
}

function judgeMissing(answer: Answers): Seen {
  const [register, map, complaints] = [answer('register'), answer('map'), answer('complaints')];
  if (register?.ok !== true) return notAsked(`userfaultfd: ${describeFailure(register)}`);
  if (complaints?.ok !== true) return notAsked('the log of the kernel could not be read');
  if (map?.error !== 'EFAULT') {
    return notAsked(`missing memory gave ${describeFailure(map)} and not EFAULT`);
  }
  const lines = complaintsIn(complaints);
  const own = lines.filter((line) => line.includes('handle_userfault'));
  if (own.length > 0) return unlocked('handle_userfault() warns', own);
  return { saw: under };
}

const complaintsIn = ({ complaints }: AgentRecord): string[] =>
  Array.isArray(complaints) ? complaints.filter((line) => typeof line === 'string') : [];

/** A module of pinbench's own looks at the lock wherever a page is faulted in. */
function planProbed(leg: CaseLeg): Operation[] {
  const buffer = leg.name('untouched');
  const read = (parameter: string, moment: string): Operation =>
    op.read({ file: `${parameters}/${parameter}` }, leg.id(`${parameter}-${moment}`));
  return [
    op.buffer({ name: buffer, parts: `anon:${PAGES * PAGE}`, touch: 'none' }),
    loadTestModule(module, leg, leg.id('insmod')),
    read('held', 'start'),
    read('unheld', 'start'),
    ...planMap(leg, buffer),
    read('held', 'end'),
    read('unheld', 'end'),
    removeTestModule(module),
    planUnmap(leg),
    op.release({ name: buffer }),
  ];
}

function judgeProbed(answer: Answers): Seen {
  if (answer('insmod')?.ok !== true)
    return notAsked(`insmod: ${describeFailure(answer('insmod'))}`);
  const [held, unheld] = [counted(answer, 'held'), counted(answer, 'unheld')];
  if (held === undefined || unheld === undefined) return notAsked('the probe could not be read');
  if (unheld > 0) return unlocked(`a probe of handle_mm_fault() counts ${unheld} such pages`, []);
  const { ok } = answer('map') ?? {};
  if (ok !== true)
    return { saw: 'refused', wrong: `was refused: ${describeFailure(answer('map'))}` };
  return held < PAGES
    ? notAsked(`only ${held} of ${PAGES} pages were faulted in by the pin`)
    : { saw: under };
}

function counted(answer: Answers, parameter: string): number | undefined {
  const [start, end] = ['start', 'end'].map((moment) =>
    Number(answer(`${parameter}-${moment}`)?.['text']),
  );
  const count = (end ?? NaN) - (start ?? NaN);
  return Number.isNaN(count) ? undefined : count;
}

const unlocked = (how: string, evidence: readonly string[]): Seen => ({
  saw: without,
  wrong: `is faulted in without the lock of the address space (mmap_lock): ${how}; bb94b55af346 mends that`,
  evidence,
});

const notAsked = (unknown: string): Seen => ({ saw: 'not known', unknown });
