import { z } from 'zod';
import type { Backing } from '../backing.ts';
import { iova, operations as op, type Operation } from '../plan.ts';
import type { AgentRecord } from '../record.ts';
import type { Assumption, CheckResult, TimeRow, Variant } from '../result.ts';
import {
  differenceInterval,
  differencePercent,
  legsDiffer,
  mean,
  median,
  rangesOverlap,
  spreadPercent,
} from '../statistics.ts';
import type { Verdict } from '../verdict.ts';
import type { Asked, Check, CheckContext, Leg } from './check.ts';
import { laidAtPatch } from './laid-at-patch.ts';
import { bufferAssumptions, bufferParts, describeFailure, IOVA, MiB, PAGE } from './memory.ts';

const name = 'map-unmap-time';
/** Memory that the rule leaves alone, and whose cost is therefore what a user pays. */
const timed = ['anon', 'thp', 'hugetlb'] as const satisfies readonly Backing[];
/** The percentage of system time that the review of the patch reported (facts: the mission's 1.5%). */
const REPORTED =
  'about 1.5% more system time in the review of the patch (many 4 KiB maps of anonymous memory, one unmap)';
/** Three boots are the least that give a spread which is not luck. */
const SAMPLED_BOOTS = 3;

type Shape = { key: string; label: string; bytes: number; step: number };
type Part = 'map' | 'unmap';

/**
 * The well-known unit test maps page by page and unmaps with one call; the other shape is one large map. Counted
 * figures are exact, so 2 MiB say as much as the 1 GiB of that test; sampled ones need longer loops.
 */
function shapesOf(context: CheckContext): Shape[] {
  const pages = context.clock === 'sampled' ? 16 * MiB : 2 * MiB;
  return [
    { key: 'pages', label: '4 KiB', bytes: pages, step: PAGE },
    { key: 'large', label: '2 MiB', bytes: 2 * MiB, step: 2 * MiB },
  ];
}

const timedBackings = (context: Asked): (typeof timed)[number][] =>
  timed.filter((backing) => context.backings.includes(backing));

const idOf = (backing: Backing, shape: Shape, part: Part): string =>
  `${name}.${backing}.${shape.key}.${part}`;
const bufferId = (backing: Backing, shape: Shape): string =>
  `${name}.${backing}.${shape.key}.buffer`;

/**
 * An untimed round fills the slab caches, so that what is timed is the same work in every leg. It takes and gives back
 * memory as often as the timed rounds do: pages come back from the free list in the other order each time, so that
 * with an odd number every second leg had its pages in falling order, which the IOMMU maps one by one and not as a
 * range (seen on 6.12: unmapping 2 MiB took 0.85 ms and 0.22 ms by turns).
 */
const planWarmUp = (context: CheckContext): Operation[] =>
  shapesOf(context).flatMap((shape, index) => [
    op.buffer({ name: 'w', parts: bufferParts('anon', shape.bytes), touch: 'write' }),
    ...(index === 0 ? planLockProbe('w') : []),
    ...cycle('w', shape),
    op.release({ name: 'w' }),
  ]);

/** Behind a lock that is kept a loop would hang until the guest's time is up; this ends it at once. */
const planLockProbe = (buffer: string): Operation[] => [
  op.mapWatched({ iova: iova(IOVA), buffer, len: PAGE }),
  op.mmapProbe({}),
  op.unmap({ iova: iova(IOVA), len: PAGE }),
];

/**
 * Each shape has memory of its own that was never pinned: the slow GUP marks a page accessed, and what that costs
 * depends on how often it was marked before (mark_page_accessed() in mm/swap.c; seen on 6.1 as 0.3 us per page the
 * first time and 1.0 us the second).
 */
function planBacking(backing: Backing, context: CheckContext): Operation[] {
  return shapesOf(context).flatMap((shape) => [
    op.buffer(
      { name: 't', parts: bufferParts(backing, shape.bytes), touch: 'write' },
      bufferId(backing, shape),
    ),
    ...cycle('t', shape, (part) => idOf(backing, shape, part)),
    op.release({ name: 't' }),
  ]);
}

function cycle(buffer: string, shape: Shape, id?: (part: Part) => string): Operation[] {
  const at = iova(IOVA);
  return [
    op.mapLoop({ iova: at, buffer, len: shape.bytes, step: shape.step }, id?.('map')),
    op.unmapTimed({ iova: at, len: shape.bytes }, id?.('unmap')),
  ];
}

const timesSchema = z.object({
  wall_ns: z.number(),
  system_ns: z.number(),
  user_ns: z.number(),
});
type Times = z.infer<typeof timesSchema>;

const timesOf = (record: AgentRecord | undefined): Times | undefined => {
  const times = timesSchema.safeParse(record);
  return times.success && record?.ok === true ? times.data : undefined;
};

type Cell = { backing: Backing; shape: Shape; parts: readonly Part[]; label: string };

/** One row for the whole cycle of the well-known test, and one for each of its halves. */
function cellsOf(context: CheckContext): Cell[] {
  return timedBackings(context).flatMap((backing) =>
    shapesOf(context).flatMap((shape) => {
      const calls = shape.bytes / shape.step;
      const map = `map ${shape.label}${calls > 1 ? ` x ${calls}` : ''}`;
      return [
        { backing, shape, parts: ['map', 'unmap'] as const, label: `${map}, unmap` },
        { backing, shape, parts: ['map'] as const, label: map },
        {
          backing,
          shape,
          parts: ['unmap'] as const,
          label: calls > 1 ? `unmap all ${calls}` : 'unmap',
        },
      ];
    }),
  );
}

/** The time of a cell in every leg of one variant; undefined when a leg did not give it. */
function samples(
  legs: readonly Leg[],
  variant: Variant,
  cell: Cell,
  clock: keyof Times,
): number[] | undefined {
  const values = legs
    .filter((leg) => leg.variant === variant)
    .map((leg) => {
      const parts = cell.parts.map(
        (part) => timesOf(leg.record(idOf(cell.backing, cell.shape, part)))?.[clock],
      );
      return parts.every((part) => part !== undefined)
        ? parts.reduce((sum, part) => sum + part, 0)
        : undefined;
    });
  return values.length > 0 && values.every((value) => value !== undefined) ? values : undefined;
}

function rowOf(legs: readonly Leg[], cell: Cell, context: CheckContext): TimeRow | undefined {
  const sampled = context.clock === 'sampled';
  const middle = (values: readonly number[]): number =>
    sampled ? median([...values]) : mean([...values]);
  const pair = (clock: keyof Times): { base: number; test: number } | undefined => {
    const [before, after] = [
      samples(legs, 'before', cell, clock),
      samples(legs, 'after', cell, clock),
    ];
    return before && after ? { base: middle(before), test: middle(after) } : undefined;
  };
  const before = samples(legs, 'before', cell, 'wall_ns');
  const after = samples(legs, 'after', cell, 'wall_ns');
  const [wall, system, user] = [pair('wall_ns'), pair('system_ns'), pair('user_ns')];
  if (!before || !after || !wall || !system || !user) return undefined;
  const difference = differencePercent(wall.base, wall.test);
  const spread = Math.max(spreadPercent(before), spreadPercent(after));
  const interval = differenceInterval(before, after);
  return {
    backing: cell.backing,
    shape: cell.label,
    bytes: cell.shape.bytes,
    calls: cell.shape.bytes / cell.shape.step,
    ...wall,
    difference,
    spread,
    // With two legs a variant, ranges may miss each other by less than they are wide.
    overlap: sampled
      ? interval[0] <= 0 && interval[1] >= 0
      : rangesOverlap(before, after) || Math.abs(difference) <= spread || legsDiffer({ spread }),
    ...(sampled && { interval, system, user }),
  };
}

/** The cost that `--max-cost` is held against: the dearest row that is more than noise. */
function dearest(rows: readonly TimeRow[]): TimeRow | undefined {
  return rows.filter((row) => !row.overlap).sort((a, b) => b.difference - a.difference)[0];
}

/** The least that a row is dearer by. */
const lowest = (row: TimeRow): number =>
  row.interval?.[0] ?? (row.overlap ? -Infinity : row.difference);

const sayApart = ({ backing, shape, spread }: TimeRow): string =>
  `${backing}, ${shape}: the legs of one variant differ by ${spread.toFixed(0)}%`;

function verdictOf(
  rows: readonly TimeRow[],
  missing: readonly string[],
  context: CheckContext,
): { verdict: Verdict; reason?: string } {
  if (missing.length > 0)
    return { verdict: 'invalid', reason: `not measured: ${missing.join('; ')}` };
  const { maxCost } = context;
  if (maxCost === undefined) return { verdict: 'pass' };
  // A sampled row is over the limit when all of its interval is, and under it when none of it is.
  const over = rows.find((row) => lowest(row) > maxCost);
  if (over !== undefined) {
    return {
      verdict: 'fail',
      reason: `${over.backing}, ${over.shape}: ${over.difference.toFixed(2)}% dearer, over the --max-cost of ${maxCost}%`,
    };
  }
  const apart = rows.find(legsDiffer);
  if (apart !== undefined) {
    return {
      verdict: 'invalid',
      reason: `${sayApart(apart)}: it cannot be held against the --max-cost of ${maxCost}%`,
    };
  }
  const unclear = rows.find((row) => (row.interval?.[1] ?? -Infinity) > maxCost);
  if (unclear !== undefined) {
    return {
      verdict: 'invalid',
      reason: `${unclear.backing}, ${unclear.shape}: too noisy to be held against the --max-cost of ${maxCost}%; counted time is exact`,
    };
  }
  return { verdict: 'pass' };
}

/** Why a cell has no figure: the first operation that went wrong. */
function missingReasons(legs: readonly Leg[], context: CheckContext): string[] {
  return cellsOf(context)
    .filter((cell) => cell.parts.length === 1)
    .flatMap((cell) =>
      legs.flatMap((leg) => {
        const record = leg.record(idOf(cell.backing, cell.shape, cell.parts[0] ?? 'map'));
        return timesOf(record)
          ? []
          : [`${leg.variant}: ${cell.backing}, ${cell.label}: ${describeFailure(record)}`];
      }),
    )
    .slice(0, 3);
}

/** The VFIO map/unmap test's shape, and single large maps, before and after: what the patch costs those it does not concern. */
export const mapUnmapTime: Check = {
  name,
  title: 'What mapping and unmapping costs',
  legs: ['before', 'after', 'after', 'before'],
  timed: true,
  boots: (context) => (context.clock === 'sampled' ? SAMPLED_BOOTS : 1),
  skip: (context) => {
    if (context.clock === 'off') return 'switched off with --time off';
    return timedBackings(context).length === 0
      ? `it times ${timed.join(', ')}, and --backing names none of them`
      : undefined;
  },
  plan: (_variant, context) => [
    ...planWarmUp(context),
    ...timedBackings(context).flatMap((backing) => planBacking(backing, context)),
  ],
  judge: (legs, context) => {
    const rows = cellsOf(context).flatMap((cell) => rowOf(legs, cell, context) ?? []);
    const { verdict, reason } = verdictOf(rows, missingReasons(legs, context), context);
    const cost = dearest(rows)?.difference;
    const result: CheckResult = {
      name,
      title: mapUnmapTime.title,
      verdict,
      ...(reason !== undefined && { reason }),
      time: {
        clock: context.clock === 'sampled' ? 'sampled' : 'counted',
        unit: 'ns',
        legs: orderOf(legs),
        boots: new Set(legs.map(({ boot, kernel }) => `${boot} ${kernel ?? ''}`)).size,
        rows,
        reported: REPORTED,
        ...(context.maxCost !== undefined && { maxCost: context.maxCost }),
        ...(cost !== undefined && { cost }),
      },
      notes: rows.filter(legsDiffer).map((row) => `${sayApart(row)}: not comparable.`),
    };
    return {
      result,
      assumptions: legs.flatMap((leg) => legAssumptions(leg, context)),
    };
  },
};

/** `ABBA` where each boot asks both variants, `AA BB` where each kernel has boots of its own. */
function orderOf(legs: readonly Leg[]): string {
  const letters = (kernel: Variant | undefined): string =>
    legs
      .filter((leg) => leg.boot === legs[0]?.boot && leg.kernel === kernel)
      .map(({ variant }) => (variant === 'before' ? 'A' : 'B'))
      .join('');
  return [undefined, 'before' as const, 'after' as const]
    .map(letters)
    .filter((word) => word !== '')
    .join(' ');
}

const legAssumptions = (leg: Leg, context: CheckContext): Assumption[] =>
  laidAtPatch(
    leg.kernel === 'after',
    timedBackings(context).flatMap((backing) =>
      shapesOf(context).flatMap((shape) =>
        bufferAssumptions(
          backing,
          `leg ${leg.index + 1} ${leg.variant}, ${shape.label} maps`,
          leg.record(bufferId(backing, shape)),
        ),
      ),
    ),
  );
