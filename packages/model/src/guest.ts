import type { Check } from './checks/check.ts';
import {
  checkMarker,
  checkMarkerId,
  checksIn,
  legMarker,
  legsIn,
  type Job,
  type PlannedLeg,
} from './job.ts';
import type { Operation } from './plan.ts';
import type { AgentRecord } from './record.ts';
import type { Splat, Variant } from './result.ts';

/** How the life of a guest ended. `completed`: the closing record came. */
export type GuestEnd = {
  readonly kind: 'completed' | 'panic' | 'oops' | 'hang' | 'stuck' | 'lost' | 'qemu-died';
  /** One sentence, such as the panic's own line or the phase and limit of a hang. */
  readonly message: string;
};

/** A job as it went: what was asked, what came back, how it ended. */
export type Guest = {
  readonly job: Job;
  readonly plan: readonly Operation[];
  readonly records: readonly AgentRecord[];
  readonly end: GuestEnd;
  /** Every line, from the first. */
  readonly console: readonly string[];
  readonly splats: readonly Splat[];
};

/**
 * What went on in a guest when a console line was printed, and whether patched code had run in it by then. `variant`:
 * whose leg it was, or whose kernel was set up, that of both being before's. `check` is the one that was asked, if one
 * was.
 */
export type Moment = {
  readonly patched: boolean;
  readonly where: string;
  readonly variant: Variant;
  readonly check?: Check;
};

/**
 * What the guest was doing when it printed a splat, read from the markers before it. The markers are looked up once: a
 * kernel may print a report for every page.
 */
export function momentsIn({
  job,
  console,
}: Pick<Guest, 'job' | 'console'>): (splat: Pick<Splat, 'headline'>) => Moment {
  const lineOf = (marker: string): number => console.findIndex((text) => isLogLine(text, marker));
  const legs = legsIn(job).map((leg) => ({
    leg,
    line: lineOf(legMarker(leg)),
    checks: checksIn(job, leg).map((check) => ({ check, line: lineOf(checkMarker(leg, check)) })),
  }));
  return ({ headline }) => {
    const at = console.indexOf(headline);
    const isBefore = ({ line }: { line: number }): boolean => line !== -1 && line <= at;
    const begun = legs.filter(isBefore);
    const check = begun.at(-1)?.checks.findLast(isBefore)?.check;
    return {
      ...momentIn(
        job,
        begun.map(({ leg }) => leg),
      ),
      ...(check && { check }),
    };
  };
}

/**
 * What the guest was doing at its end. A console that was cut off may lack the last marker, which the records have:
 * a marker is only printed once its operation has a record.
 */
export function momentOfEnd(guest: Guest): Moment {
  const begun = legsIn(guest.job).filter(({ index }) =>
    guest.records.some((record) => record.id?.startsWith(`${index}.`)),
  );
  const current = begun.at(-1);
  const check =
    current &&
    checksIn(guest.job, current).findLast((each) => {
      const id = checkMarkerId(current, each);
      return guest.records.some((record) => record.id === id);
    });
  return { ...momentIn(guest.job, begun), ...(check && { check }) };
}

/** A kernel of the patch's own runs patched code from its first instruction on. */
function momentIn({ kernel }: Job, begun: readonly PlannedLeg[]): Moment {
  const current = begun.at(-1);
  const own = kernel === undefined ? 'the guest' : `the ${kernel} kernel`;
  return {
    variant: current?.variant ?? kernel ?? 'before',
    patched: kernel === 'after' || begun.some(({ variant }) => variant === 'after'),
    where:
      current === undefined
        ? `while ${own} was set up`
        : `in leg ${current.index + 1} (${current.variant})`,
  };
}

/** What goes through /dev/kmsg has the kernel's time stamp before it; what a program prints has none. */
export const isLogLine = (line: string, text: string): boolean =>
  /^\[ *\d+\.\d+\]/.test(line) && line.endsWith(`] ${text}`);

/** Records of the agent's own, which no operation of a plan asked for. */
const own = new Set(['hello', 'payload', 'plan-error', 'agent-died', 'gave-up', 'end']);

/**
 * The operation a guest was at when it ended: each has a record, so it is the one after as many as there are. An agent
 * that gave up did so at the last that has one.
 */
export function operationAtEnd({ records: all, plan, end }: Guest): string | undefined {
  const records = all.filter(({ op }) => !own.has(op));
  const named = records.findLastIndex((record) =>
    plan.some(({ id }) => id !== undefined && id === record.id),
  );
  const index = plan.findIndex(({ id }) => id !== undefined && id === records[named]?.id);
  const since = records.length - named - (end.kind === 'stuck' ? 1 : 0);
  const at = plan[index + since];
  return named === -1 || at === undefined
    ? undefined
    : [at.op, at.id].filter((word) => word !== undefined).join(' ');
}
