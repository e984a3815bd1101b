/** One line of a plan for the guest agent; qemu/guest/PLAN.md says what each operation does. */
export type Operation = {
  readonly op: string;
  readonly id?: string;
  readonly args: Readonly<Record<string, string | number>>;
};

type MemoryRange = { buffer: string; off?: number; len?: number };
type MappedRange = MemoryRange & { iova: string; prot?: string; memlock?: number };

/** A range, and the patterns that it may hold: seeds, as `fill` takes them, and `zero`, with commas between them. */
type Patterns = Required<MemoryRange> & { seeds: string };

/** What can be done to a file that takes blocks from it. */
export type FileChange = 'truncate' | 'punch' | 'collapse' | 'unlink';

const operation = (op: string, args: Operation['args'] = {}, id?: string): Operation => ({
  op,
  args,
  ...(id !== undefined && { id }),
});

/** How checks call an operation: with the keys that PLAN.md gives it. */
type Make<Args> = (args: Args, id?: string) => Operation;

const make =
  (op: string) =>
  (args: Operation['args'], id?: string): Operation =>
    operation(op, args, id);

/** The operations that checks are made of, by the names the agent knows. */
export const operations = {
  insmod: make('insmod') as Make<{ file: string }>,
  rmmod: make('rmmod') as Make<{ name: string }>,
  exec: make('exec') as Make<{ argv: string }>,
  mount: make('mount') as Make<{ source: string; target: string; type: string; options?: string }>,
  write: make('write') as Make<{ file: string; text: string }>,
  read: make('read') as Make<{ file: string; as?: 'text' | 'hex' }>,
  ready: make('ready') as Make<{ payload: string }>,
  buffer: make('buffer') as Make<{
    name: string;
    parts: string;
    share?: string;
    prot?: string;
    touch?: string;
    describe?: 'all' | 'none';
  }>,
  release: make('release') as Make<{ name: string; file?: 'unlink' | 'keep' }>,
  gup: make('gup') as Make<MemoryRange>,
  fill: make('fill') as Make<Required<MemoryRange> & { seed: number }>,
  compare: make('compare') as Make<Required<MemoryRange> & { seed: number }>,
  touch: make('touch') as Make<{
    buffer: string;
    off: number;
    len?: number;
    how: 'read' | 'write';
  }>,
  which: make('which') as Make<Patterns>,
  fork: (id?: string): Operation => operation('fork', {}, id),
  childFill: make('child-fill') as Make<Required<MemoryRange> & { seed: number }>,
  childWhich: make('child-which') as Make<Patterns>,
  childExit: (id?: string): Operation => operation('child-exit', {}, id),
  counters: (id?: string): Operation => operation('counters', {}, id),
  vfioOpen: make('vfio-open') as Make<{ device: string }>,
  vfioClose: (id?: string): Operation => operation('vfio-close', {}, id),
  /** The device stays with its driver, so that the next to open it need not bind it. */
  vfioCloseKeeping: (id?: string): Operation => operation('vfio-close', { driver: 'keep' }, id),
  reset: make('reset') as Make<{ file?: 'unlink' | 'keep'; driver?: 'unbind' | 'keep' }>,
  forkFill: make('fork-fill') as Make<Required<MemoryRange> & { seed: number }>,
  replace: make('replace') as Make<{ buffer: string; with: string }>,
  punch: make('punch') as Make<MemoryRange & { within?: number }>,
  map: make('map') as Make<MappedRange>,
  mapRefusedLoop: make('map-refused-loop') as Make<MappedRange & { count: number }>,
  unmap: make('unmap') as Make<{ iova: string; len: number }>,
  mapLoop: make('map-loop') as Make<MemoryRange & { iova: string; len: number; step: number }>,
  unmapTimed: make('unmap-timed') as Make<{ iova: string; len: number }>,
  change: make('change') as Make<{ file: string; do: FileChange }>,
  changeWait: (id?: string): Operation => operation('change-wait', {}, id),
  changeInterrupt: (id?: string): Operation => operation('change-interrupt', {}, id),
  settle: make('settle') as Make<{ folder: string }>,
  block: make('block') as Make<{ file: string }>,
  claim: make('claim') as Make<{ file: string; seed: number }>,
  claimed: make('claimed') as Make<{ file: string; seed: number; other: number }>,
  dmaCopy: make('dma-copy') as Make<{ from: string; to: string; len: number }>,
  mediatedOpen: make('mediated-open') as Make<{ device: string }>,
  mediatedClose: (id?: string): Operation => operation('mediated-close', {}, id),
  mediatedMap: make('mediated-map') as Make<MemoryRange & { iova: string; prot?: string }>,
  mediatedUnmap: make('mediated-unmap') as Make<{ iova: string; len: number }>,
  mediatedPin: make('mediated-pin') as Make<{ iova: string; len: number; by: string }>,
  mediatedUnpin: (id?: string): Operation => operation('mediated-unpin', {}, id),
  mapWatched: make('map-watched') as Make<MappedRange & { within?: number }>,
  mmapProbe: make('mmap-probe') as Make<{ within?: number }>,
  uffdRegister: make('uffd-register') as Make<MemoryRange>,
  uffdClose: (id?: string): Operation => operation('uffd-close', {}, id),
  hole: make('hole') as Make<MemoryRange>,
  kmsgMark: (id?: string): Operation => operation('kmsg-mark', {}, id),
  kmsgComplaints: (id?: string): Operation => operation('kmsg-complaints', {}, id),
  powerOff: (id?: string): Operation => operation('power-off', {}, id),
} as const;

/** The keys whose value takes the rest of the line, and so stand last. */
const restOfLine = new Set(['argv', 'text']);

/**
 * Writes operations as a plan.
 * @throws Error for a value that the language cannot carry: that is a defect in a check, not a user's mistake.
 */
export function formatPlan(plan: readonly Operation[]): string {
  return plan.map((line) => `${formatOperation(line)}\n`).join('');
}

function formatOperation({ op, id, args }: Operation): string {
  const pairs = Object.entries(args).filter(([, value]) => value !== (undefined as unknown));
  const ordered = [
    ...pairs.filter(([key]) => !restOfLine.has(key)),
    ...pairs.filter(([key]) => restOfLine.has(key)),
  ];
  const words = ordered.map(([key, value]) => {
    if (!restOfLine.has(key) && /\s/.test(String(value))) {
      throw new Error(`a plan cannot carry white space in ${op} ${key}=${value}`);
    }
    return `${key}=${value}`;
  });
  return [op, ...(id === undefined ? [] : [`id=${id}`]), ...words].join(' ');
}

/** An IOVA as plans and logs write it. */
export const iova = (address: number): string => `0x${address.toString(16)}`;
