import type { AgentRecord, Splat } from '@pinbench/model';
import type { Phase } from './phases.ts';
import type { Exit } from './process.ts';
import { noSplats, withLine, type Splats } from './splats.ts';

/** How a boot ended. A `warning` or `bug` splat ends nothing: it stands beside the end. */
export type End =
  | { kind: 'completed' }
  | { kind: 'panic' | 'oops'; phase: Phase; line: string }
  | { kind: 'hang'; phase: Phase; limitMs: number }
  | { kind: 'stuck'; phase: Phase; why: string }
  | { kind: 'lost'; phase: Phase; why: string }
  | { kind: 'qemu-died'; phase: Phase; exitCode: number | undefined; message: string };

/** What happens to a machine, as its host sees it. */
export type Happening =
  | { type: 'greeted' }
  | { type: 'console'; line: string }
  | { type: 'record'; record: AgentRecord }
  | { type: 'garbled'; line: string }
  | { type: 'stopped' }
  | { type: 'resumed' }
  | { type: 'exited'; exit: Exit }
  | { type: 'late'; limitMs: number };

export type BootState = {
  phase: Phase;
  /** The last record; a gap in their numbers is a lost run. */
  last?: AgentRecord | undefined;
  splats: Splats;
  /** The machine stands still at `ready`, for its host to save or to go on. */
  stopped: boolean;
  /** False when the host ends the machine at its closing record and nobody waits for the guest to do it. */
  powersOff: boolean;
  end?: End;
};

export const bootState = (
  start: Partial<Pick<BootState, 'last' | 'powersOff'>> = {},
): BootState => ({
  phase: 'qemu-up',
  splats: noSplats,
  stopped: false,
  powersOff: true,
  ...start,
});

/** The next state of a boot. Nothing changes after its end. */
export function advance(state: BootState, happening: Happening): BootState {
  if (state.end !== undefined) return state;
  switch (happening.type) {
    case 'greeted':
      return { ...state, phase: 'firmware' };
    case 'console':
      return withConsoleLine(state, happening.line);
    case 'record':
      return withRecord(state, happening.record);
    case 'garbled':
      return ended(state, lost(state, `the record channel said ${JSON.stringify(happening.line)}`));
    case 'stopped':
      return atStop(state);
    case 'resumed':
      return { ...state, phase: 'plan', stopped: false };
    case 'exited':
      return ended(state, fatal(state) ?? atExit(state, happening.exit));
    case 'late':
      return ended(
        state,
        fatal(state) ?? { kind: 'hang', phase: state.phase, limitMs: happening.limitMs },
      );
  }
}

function withConsoleLine(state: BootState, line: string): BootState {
  return {
    ...state,
    phase: phaseAtLine(state.phase, line),
    splats: withLine(state.splats, line),
  };
}

function phaseAtLine(phase: Phase, line: string): Phase {
  if (phase === 'firmware') return 'kernel';
  return phase === 'kernel' && startsInit.test(line) ? 'init' : phase;
}

/** init/main.c; kernels before 4.19 do not say it, and their `kernel` phase lasts until the agent speaks. */
const startsInit = /\] Run \/\S+ as init process/;

function withRecord(state: BootState, record: AgentRecord): BootState {
  const last = state.last?.seq ?? -1;
  if (record.seq !== last + 1) {
    return ended(state, lost(state, `record ${record.seq} came after record ${last}`));
  }
  const next = { ...state, last: record, phase: phaseAt(state.phase, record) };
  if (record.op === 'gave-up') {
    const { why } = record;
    const said = typeof why === 'string' ? why : 'the agent gave up';
    return ended(next, fatal(next) ?? { kind: 'stuck', phase: next.phase, why: said });
  }
  const done = record.op === 'end' && !state.powersOff;
  return done ? ended(next, fatal(next) ?? { kind: 'completed' }) : next;
}

function phaseAt(phase: Phase, { op }: AgentRecord): Phase {
  if (op === 'hello') return 'ready';
  return op === 'end' ? 'power-off' : phase;
}

/** The pvpanic port stops a machine for the agent's `ready` and, in kernels that drive it, for a panic. */
function atStop(state: BootState): BootState {
  if (state.last?.op === 'ready') return { ...state, stopped: true };
  return ended(state, fatal(state) ?? lost(state, 'the guest stopped before it was ready'));
}

function atExit(state: BootState, { exitCode, signal, stderr }: Exit): End {
  const { phase } = state;
  if (exitCode === 0) {
    if (phase === 'power-off') return { kind: 'completed' };
    return lost(state, 'the machine went off without a closing record');
  }
  const said = stderr.trim().split('\n')[0] ?? '';
  const message = said === '' && signal !== undefined ? `killed by ${signal}` : said;
  return { kind: 'qemu-died', phase, exitCode, message };
}

/** An oops is turned into a panic by the kernel's command line: the first of the two is the cause. */
function fatal(state: BootState): End | undefined {
  const splat = state.splats.list.find(
    (one): one is Splat & { kind: 'panic' | 'oops' } => one.kind === 'panic' || one.kind === 'oops',
  );
  return splat && { kind: splat.kind, phase: state.phase, line: splat.headline };
}

const lost = ({ phase }: BootState, why: string): End => ({ kind: 'lost', phase, why });

const ended = (state: BootState, end: End): BootState => ({ ...state, end });
