import { isLogLine, type Guest } from '../guest.ts';
import type { Assumption } from '../result.ts';
import type { KernelUnderTest } from '../subject.ts';
import { logIds } from './log-plan.ts';
import { endsLockdep, isCounted, troublesIn } from './troubles.ts';
import { warnsAgain } from './warnings-again.ts';

type Watched = Pick<Guest, 'job' | 'plan' | 'records' | 'console' | 'splats'>;

/** What must hold for a log without complaints to mean that there were none. `where`: of which guest. */
export const logAssumptions = (
  where: string,
  guest: Watched,
  kernel: Pick<KernelUnderTest, 'debug'>,
): Assumption[] => [
  comesThrough(where, guest),
  isWhole(where, guest),
  agreesWithTaint(where, guest),
  ...agreesWithCount(where, guest),
  ...lockdepWatches(where, guest, kernel),
  ...warnsAgain(where, guest),
];

function comesThrough(where: string, { plan, console }: Watched): Assumption {
  const wanted = plan.flatMap(({ op, args }) =>
    op === 'write' && args['file'] === '/dev/kmsg' ? [String(args['text'])] : [],
  );
  const missing = wanted.find((text) => !console.some((line) => isLogLine(line, text)));
  return {
    name: `the kernel's log comes through (${where})`,
    held: wanted.length > 0 && missing === undefined,
    needed: 'every line that the agent gave the log stands on the console',
    observed: missing === undefined ? `${wanted.length} lines` : `no line "${missing}"`,
  };
}

/** kernel/printk/printk.c says so in the place of what it had to leave out. */
function isWhole(where: string, { console }: Watched): Assumption {
  const lost = console.find((line) => /\*\* \d+ printk messages dropped \*\*/.test(line));
  return {
    name: `nothing of the kernel's log was lost (${where})`,
    held: lost === undefined,
    needed: 'no messages dropped',
    observed: lost === undefined ? 'none' : lost.trim(),
  };
}

/** The kernel notes that it had trouble, whether or not it could say so. A flag stays, and says nothing of how often. */
function agreesWithTaint(where: string, { records, splats }: Watched): Assumption {
  const taint = numberIn(records, logIds.taint);
  const { noted, untold } = troublesIn(taint ?? 0, splats);
  return {
    name: `the kernel's log tells of all trouble that the kernel noted (${where})`,
    held: taint !== undefined && untold.length === 0,
    needed: 'a taint flag of trouble only where the log has a report of its kind',
    observed:
      taint === undefined
        ? 'no taint flags'
        : untold.length > 0
          ? `${untold.join(', ')}; no such report among ${splats.length} in the log`
          : noted.length > 0
            ? `${noted.join(', ')}; in the log as well`
            : 'no such flag',
  };
}

/**
 * What a flag cannot tell where one WARNING is allowed: that there was another. Kernels from 6.2 on (8b05aa263361), and
 * the stable ones that took it over, count theirs; a count of a kind that the log may lack is no more than the log has.
 */
function agreesWithCount(where: string, { records, splats }: Watched): Assumption[] {
  const record = records.find(({ id }) => id === logIds.warnings);
  if (record?.ok === false && record.error === 'ENOENT') return [];
  const counted = numberIn(records, logIds.warnings);
  const told = splats.filter(isCounted).length;
  return [
    {
      name: `the kernel's log has every WARNING that the kernel counted (${where})`,
      held: counted !== undefined && counted <= told,
      needed: 'no more in /sys/kernel/warn_count than in the log',
      observed: counted === undefined ? 'no count' : `${counted} counted, ${told} in the log`,
    },
  ];
}

/**
 * Lockdep turns itself off with its first report, or when it runs out of room; then it sees nothing any more. A kernel
 * that was built with it has to say how it fares.
 */
function lockdepWatches(
  where: string,
  { records, splats }: Watched,
  { debug }: Pick<KernelUnderTest, 'debug'>,
): Assumption[] {
  const [, on] = /debug_locks: +(\d)/.exec(textIn(records, logIds.lockdep) ?? '') ?? [];
  if (on === undefined && debug?.on.includes('PROVE_LOCKING') !== true) return [];
  return [
    {
      name: `lockdep watched to the end (${where})`,
      held: on === '1' || (on === '0' && splats.some(endsLockdep)),
      needed: 'it is still on, or a report says why not',
      observed: on === undefined ? 'no /proc/lockdep_stats' : on === '1' ? 'on' : 'off',
    },
  ];
}

const textIn = (records: Watched['records'], wanted: string): string | undefined => {
  const text = records.find(({ id }) => id === wanted)?.['text'];
  return typeof text === 'string' ? text.trim() : undefined;
};

function numberIn(records: Watched['records'], wanted: string): number | undefined {
  const text = textIn(records, wanted);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
