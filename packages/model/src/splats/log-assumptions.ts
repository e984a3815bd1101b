import { isLogLine, type Guest } from '../guest.ts';
import type { Assumption } from '../result.ts';
import { logIds } from './log-plan.ts';

type Watched = Pick<Guest, 'plan' | 'records' | 'console' | 'splats'>;

/** What must hold for a log without complaints to mean that there were none. `where`: of which guest. */
export const logAssumptions = (where: string, guest: Watched): Assumption[] => [
  comesThrough(where, guest),
  isWhole(where, guest),
  agreesWithTaint(where, guest),
  ...lockdepWatches(where, guest),
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

/** Bits of /proc/sys/kernel/tainted (Documentation/admin-guide/tainted-kernels.rst) that only trouble sets. */
const troubles: readonly (readonly [number, string])[] = [
  [5, 'a bad page, or a report of KASAN'],
  [7, 'an oops'],
  [9, 'a WARNING'],
  [14, 'a soft lockup'],
];

/** The kernel notes that it had trouble, whether or not it could say so. */
function agreesWithTaint(where: string, { records, splats }: Watched): Assumption {
  const text = records.find(({ id }) => id === logIds.taint)?.['text'];
  const taint = typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : NaN;
  const noted = troubles.filter(([bit]) => (taint & (1 << bit)) !== 0).map(([, what]) => what);
  const silent = noted.length > 0 && splats.length === 0;
  return {
    name: `the kernel's log tells of all trouble that the kernel noted (${where})`,
    held: !Number.isNaN(taint) && !silent,
    needed: 'a taint flag of trouble only where the log has a report',
    observed: Number.isNaN(taint)
      ? 'no taint flags'
      : noted.length === 0
        ? 'no such flag'
        : `${noted.join(', ')}; ${splats.length} in the log`,
  };
}

/** Lockdep turns itself off with its first report, or when it runs out of room; then it sees nothing any more. */
function lockdepWatches(where: string, { records, splats }: Watched): Assumption[] {
  const text = records.find(({ id }) => id === logIds.lockdep)?.['text'];
  const [, on] = typeof text === 'string' ? (/debug_locks: +(\d)/.exec(text) ?? []) : [];
  if (on === undefined) return [];
  return [
    {
      name: `lockdep watched to the end (${where})`,
      held: on === '1' || splats.length > 0,
      needed: 'it is still on, or said why not',
      observed: on === '1' ? 'on' : 'off',
    },
  ];
}
