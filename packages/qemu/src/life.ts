import path from 'node:path';
import { parseRecord, type AgentRecord } from '@pinbench/model';
import { advance, type BootState, type End, type Happening } from './boot-state.ts';
import { followFile } from './follow.ts';
import type { Limits, Phase } from './phases.ts';
import { startQemu, type QemuProcess } from './process.ts';
import type { Qmp } from './qmp.ts';

/** What a boot tells whoever watches it, as it happens. */
export type BootEvent =
  | { type: 'phase'; phase: Phase }
  | { type: 'console'; line: string }
  | { type: 'record'; record: AgentRecord }
  | { type: 'end'; end: End };

export type Life = {
  args: readonly string[];
  /** QEMU's working folder; its serial ports are files `console` and `records` in there. */
  folder: string;
  state: BootState;
  limits: Limits;
  onEvent?: ((event: BootEvent) => void) | undefined;
  /** A saved state for QEMU to read. */
  incoming?: string;
  /** What to do once QEMU answers; says what came of it. */
  onUp?: (qmp: Qmp) => Promise<Happening>;
  /** What to do while the machine stands still at `ready`. `leave` ends its life there. */
  onStopped?: (qmp: Qmp) => Promise<Happening | 'leave'>;
};

export type PhaseTime = { phase: Phase; ms: number };

/** What a life left behind. */
export type Lived = {
  state: BootState;
  /** It was ended where it stood still. */
  left: boolean;
  phases: readonly PhaseTime[];
  records: readonly AgentRecord[];
  console: readonly string[];
};

/** How often the serial ports' files are looked at, in milliseconds. A look costs microseconds. */
const interval = 4;

/**
 * Lives one QEMU process through to its end, and leaves nothing behind: every way out ends the process first.
 * A boot that goes wrong is no exception; its end says how.
 * @throws BenchError when QEMU refuses what it is asked. What the signal gives, when it is aborted.
 */
export async function live(life: Life, signal: AbortSignal): Promise<Lived> {
  signal.throwIfAborted();
  const clock = phaseClock(life.limits, (limitMs) => {
    happen({ type: 'late', limitMs });
  });
  let { state } = life;
  const stepped: { left: boolean; failure?: Error } = { left: false };
  let qemu: QemuProcess | undefined;
  const heard = { records: [] as AgentRecord[], console: [] as string[] };

  const happen = (happening: Happening): void => {
    const before = state;
    state = advance(before, happening);
    if (happening.type === 'console' || happening.type === 'record') life.onEvent?.(happening);
    if (state.phase !== before.phase) {
      clock.enter(state.phase);
      life.onEvent?.({ type: 'phase', phase: state.phase });
    } else if (happening.type === 'record') clock.goOn();
    if (state.end !== undefined && before.end === undefined) {
      life.onEvent?.({ type: 'end', end: state.end });
      qemu?.kill();
    }
  };
  const step = (work: () => Promise<Happening | 'leave'>): void => {
    work().then(
      (result) => {
        if (result !== 'leave') happen(result);
        else {
          stepped.left = true;
          qemu?.kill();
        }
      },
      (error: unknown) => {
        stepped.failure = error as Error;
        qemu?.kill();
      },
    );
  };

  const console = followFile(path.join(life.folder, 'console'), (line) => {
    heard.console.push(line);
    happen({ type: 'console', line });
  });
  const records = followFile(path.join(life.folder, 'records'), (line) => {
    const record = parseRecord(line);
    if (record) heard.records.push(record);
    happen(record ? { type: 'record', record } : { type: 'garbled', line });
  });
  // The console first: what the kernel had to say before a record is then known when the record counts.
  const pull = (): void => {
    console.pull();
    records.pull();
  };

  clock.enter(state.phase);
  const looking = setInterval(pull, interval);
  try {
    qemu = await startQemu(life.args, {
      cwd: life.folder,
      signal,
      ...(life.incoming !== undefined && { incoming: life.incoming }),
      onEvent: ({ event }) => {
        if (event !== 'GUEST_PANICKED') return;
        pull();
        happen({ type: 'stopped' });
        if (state.stopped) step(async () => (await life.onStopped?.(await qmp)) ?? 'leave');
      },
    });
    const { qmp, exited } = qemu;
    step(async () => (await life.onUp?.(await qmp)) ?? (await qmp, { type: 'greeted' }));
    const exit = await exited;
    pull();
    signal.throwIfAborted();
    // A step of a machine that was ended under it fails, and that is no news.
    if (stepped.failure && state.end === undefined && exit.signal === 'SIGKILL') {
      throw stepped.failure;
    }
    if (!stepped.left) happen({ type: 'exited', exit });
    return { state, left: stepped.left, phases: clock.times(), ...heard };
  } finally {
    clearInterval(looking);
    clock.stop();
    console.close();
    records.close();
  }
}

/** Times phases and calls `onLate` when one goes over its limit. */
function phaseClock(limits: Limits, onLate: (limitMs: number) => void) {
  const entered: { phase: Phase; at: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const wind = (phase: Phase): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      onLate(limits[phase]);
    }, limits[phase]);
  };
  return {
    enter(phase: Phase): void {
      entered.push({ phase, at: performance.now() });
      wind(phase);
    },
    goOn(): void {
      const phase = entered.at(-1)?.phase;
      if (phase !== undefined) wind(phase);
    },
    times: (): PhaseTime[] => {
      const now = performance.now();
      return entered.map(({ phase, at }, index) => ({
        phase,
        ms: Math.round((entered[index + 1]?.at ?? now) - at),
      }));
    },
    stop: () => {
      clearTimeout(timer);
    },
  };
}
