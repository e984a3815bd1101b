import { atLeast, type KernelVersion } from '../../kernel-version.ts';
import { operations as op, type Operation } from '../../plan.ts';
import type { AgentRecord } from '../../record.ts';
import { lacksModule, loadTestModule, removeTestModule } from '../../test-module.ts';
import { designOf } from '../../world/index.ts';
import type { CheckContext } from '../check.ts';
import type { Answers, Case, CaseExpectation, CaseLeg, Seen } from '../cases/index.ts';
import { unanswered, wasAsked, wrongOutcome } from '../mapping.ts';
import { describeFailure, PAGE } from '../memory.ts';
import { PAGES, planMap, planUnmap } from './plan.ts';
import { stuck } from './release.ts';

const module = 'fault_probe';
const parameters = `/sys/module/${module}/parameters`;

/**
 * handle_userfault() warns where the lock is not held: by itself up to v5.7; from v5.8 on by mmap_assert_locked(), which
 * at first is only there with DEBUG_VM or lockdep (42fc541404f2), and in 6.12 and 7.3 in every build
 * (rwsem_assert_held() in include/linux/mmap_lock.h).
 */
const warnsByItself = (kernel: KernelVersion): boolean =>
  !atLeast(kernel, 5, 8) || atLeast(kernel, 6, 12);

/** A module of pinbench's own looks wherever there is one; it sees each page, and the kernel only the first it misses. */
const isProbed = (context: CheckContext): boolean =>
  atLeast(context.kernel, 5, 8) && lacksModule(module)(context) === undefined;

/** Untouched memory, so that the pin has to fault it in: missing for good, or with a probe where that is done. */
export const faultCase: Case = {
  name: 'untouched memory',
  backings: ['anon'],
  skip: (context) => (warnsByItself(context.kernel) ? undefined : lacksModule(module)(context)),
  expect,
  plan: (leg) => (isProbed(leg.context) ? planProbed(leg) : planMissing(leg)),
  judge: (answer, { context }) => {
    if (answer('map')?.['hung'] === true) return stuck;
    return isProbed(context) ? judgeProbed(answer) : judgeMissing(answer);
  },
};

const under = 'under mmap_lock';
const without = 'without mmap_lock';

function expect({ variant, context }: CaseLeg): CaseExpectation {
  // A patch is held to the lock, whether or not it was merged without.
  return { said: under, why: designOf(context.pinning[variant]).lock };
}

/** userfaultfd has every fault on the buffer fail, and handle_userfault() look at the lock before that. */
function planMissing(leg: CaseLeg): Operation[] {
  const buffer = leg.name('missing');
  return [
    op.buffer({ name: buffer, parts: `anon:${PAGES * PAGE}`, touch: 'none' }),
    op.uffdRegister({ buffer }, leg.id('register')),
    op.kmsgMark(),
    planMap(leg, buffer),
    op.kmsgComplaints(leg.id('complaints')),
    planUnmap(leg),
    op.uffdClose(),
    op.release({ name: buffer }),
  ];
}

function judgeMissing(answer: Answers): Seen {
  const [register, map, complaints] = [answer('register'), answer('map'), answer('complaints')];
  if (register?.ok !== true) return unanswered(`userfaultfd: ${describeFailure(register)}`);
  if (complaints?.ok !== true) return unanswered('the log of the kernel could not be read');
  if (!wasAsked(map)) return unanswered(`the map gave ${describeFailure(map)}`);
  const lines = complaintsIn(complaints);
  const own = lines.filter((line) => line.includes('handle_userfault'));
  if (own.length > 0) return unlocked('handle_userfault() warns', own);
  return { saw: under, wrong: wrongOutcome(missing, map) };
}

/** What is to come of missing memory, under the lock as without it. */
const missing = {
  outcome: 'refused',
  errno: 'EFAULT',
  why: 'a fault there is to fail by UFFD_FEATURE_SIGBUS (2d6d6f5a09a9)',
} as const;

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
    planMap(leg, buffer),
    read('held', 'end'),
    read('unheld', 'end'),
    removeTestModule(module),
    planUnmap(leg),
    op.release({ name: buffer }),
  ];
}

function judgeProbed(answer: Answers): Seen {
  if (answer('insmod')?.ok !== true)
    return unanswered(`insmod: ${describeFailure(answer('insmod'))}`);
  const [held, unheld] = [counted(answer, 'held'), counted(answer, 'unheld')];
  if (held === undefined || unheld === undefined) return unanswered('the probe could not be read');
  if (unheld > 0) return unlocked(`a probe of handle_mm_fault() counts ${unheld} such pages`, []);
  const { ok } = answer('map') ?? {};
  if (ok !== true)
    return { saw: 'refused', wrong: `was refused: ${describeFailure(answer('map'))}` };
  return held < PAGES
    ? unanswered(`only ${held} of ${PAGES} pages were faulted in by the pin`)
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
