import type {
  AgentRecord,
  CheckContext,
  Guest,
  Job,
  Operation,
  Subject,
  SwapModule,
  Variant,
} from '../src/index.ts';
import { allTestModules, parseKernelVersion, planJob } from '../src/index.ts';

export const context: CheckContext = {
  kernel: parseKernelVersion('6.1.0-56-amd64'),
  backings: ['anon', 'fsdax-ext4', 'device-dax'],
  pinning: { before: 'gup-fast', after: 'longterm' },
  clock: 'counted',
  testModules: allTestModules('built'),
};

const built = (id: string): SwapModule[] => [{ name: 'vfio_iommu_type1', buildId: id }];
const release = '6.1.0-56-amd64';

/** Debian's kernel, and modules that are swapped in it. */
export const swapped: Subject = {
  strategy: 'module-swap',
  kernels: { before: { release }, after: { release } },
  modules: { before: built('aa11'), after: built('bb22'), shared: ['vfio'] },
  differ: ['vfio_iommu_type1'],
};

/** Two kernels with VFIO built in. */
export const twoKernels: Subject = {
  strategy: 'two-kernels',
  kernels: {
    before: { release, buildId: 'aa'.repeat(20) },
    after: { release, buildId: 'bb'.repeat(20) },
  },
  modules: { before: [], after: [], shared: [] },
  differ: ['the kernel'],
};

/** What a kernel says to a map in one variant: undefined to map, else an errno's name. */
export type Pins = (variant: Variant, parts: string) => string | undefined;

export const rightPatch: Pins = (variant, parts) =>
  variant === 'after' && parts.includes('fsdax') ? 'EOPNOTSUPP' : undefined;

/** Walks a job's plan as a kernel would that pins as `pins` says, and gives the records an agent would write. */
export function scriptedGuest(
  job: Job,
  pins: Pins,
  edit: (record: AgentRecord) => AgentRecord = (record) => record,
  asked: CheckContext = context,
): Guest {
  const subject = job.kernel === undefined ? swapped : twoKernels;
  const plan = planJob(job, asked, subject, '0000:00:03.0');
  const state = {
    subject,
    variant: job.kernel ?? 'before',
    parts: new Map<string, string>(),
    mediated: '',
    mapped: new Map<string, number>(),
    console: [] as string[],
  };
  const records = [
    edit(hello()),
    ...plan.map((line, index) => edit({ ...answer(line, pins, state), seq: index + 1 })),
  ];
  return {
    job,
    plan,
    records,
    end: { kind: 'completed', message: 'done' },
    console: state.console,
    splats: [],
  };
}

const hello = (): AgentRecord => ({ seq: 0, op: 'hello', ok: true, ns: 0, release });

type State = {
  subject: Subject;
  variant: Variant;
  parts: Map<string, string>;
  /** Bytes, by IOVA. */
  mapped: Map<string, number>;
  /** Of the device without an IOMMU. */
  mediated: string;
  console: string[];
};

function answer(line: Operation, pins: Pins, state: State): AgentRecord {
  const { op, id, args } = line;
  const record = { seq: 0, op, ok: true, ns: 1, ...(id !== undefined && { id }) };
  switch (op) {
    case 'write': {
      const text = String(args['text']);
      if (args['file'] === '/dev/kmsg') state.console.push(`[    1.0] ${text}`);
      if (text.startsWith('pinbench: leg'))
        state.variant = / after\b/.test(text) ? 'after' : 'before';
      return record;
    }
    case 'read':
      if (id === 'log.taint') return { ...record, text: '4096' };
      if (id === 'log.warn-count') return { ...record, text: '0' };
      if (id === 'log.lockdep') return { ...record, ok: false, errno: 2, error: 'ENOENT' };
      return { ...record, text: notesOf(String(args['file']), state) };
    case 'buffer':
      state.parts.set(String(args['name']), String(args['parts']));
      return { ...record, parts: String(args['parts']).split(',').map(part) };
    case 'replace': {
      const parts = `${String(args['with'])}:${bytesOf(partsOf(line, state))}`;
      state.parts.set(String(args['buffer']), parts);
      return { ...record, parts: [part(parts)] };
    }
    case 'map':
    case 'map-watched': {
      const refusal = refusalOf(line, pins, state);
      if (refusal !== undefined)
        return { ...record, ok: false, errno: 95, error: refusal, at: 'VFIO_IOMMU_MAP_DMA' };
      state.mapped.set(String(args['iova']), mappedLength(line, state));
      return record;
    }
    case 'map-refused-loop': {
      const refusal = refusalOf(line, pins, state) ?? null;
      if (refusal === null) state.mapped.set(String(args['iova']), mappedLength(line, state));
      const refused = refusal === null ? 0 : args['count'];
      return { ...record, refused, refusal, others: 0, mapped: refusal === null };
    }
    case 'mediated-map':
      state.mediated = partsOf(line, state);
      return record;
    case 'mediated-pin': {
      const refusal = pins(state.variant, state.mediated);
      if (refusal === undefined) return record;
      return { ...record, ok: false, errno: 95, error: refusal, at: 'vfio_pin_pages' };
    }
    case 'mmap-probe':
      return { ...record, hung: false };
    case 'kmsg-complaints':
      return { ...record, complaints: [] };
    case 'unmap': {
      const unmapped = state.mapped.get(String(args['iova'])) ?? 0;
      state.mapped.delete(String(args['iova']));
      return { ...record, unmapped };
    }
    case 'release':
      return { ...record, kept: 0 };
    case 'compare':
      return { ...record, equal: true };
    case 'counters':
      return {
        ...record,
        vmlck: 0,
        vmpin: 0,
        foll_pin_acquired: 10,
        foll_pin_released: 10,
        free_hugepages: 32,
        free_pages: 100_000,
        slab_unreclaimable: 9000,
        dma_avail: 65_535,
      };
    case 'map-loop':
    case 'unmap-timed': {
      const wall = state.variant === 'after' ? 1050 : 1000;
      return { ...record, wall_ns: wall, system_ns: wall, user_ns: 0 };
    }
    default:
      return record;
  }
}

const partsOf = ({ args }: Operation, { parts }: State): string =>
  parts.get(String(args['buffer'])) ?? '';

const bytesOf = (parts: string): number =>
  parts.split(',').reduce((sum, text) => sum + Number(text.split(':')[1]), 0);

const mappedLength = (line: Operation, state: State): number =>
  Number(line.args['len'] ?? bytesOf(partsOf(line, state)));

/** Without the capability, RAM is held against the limit of locked memory. */
function refusalOf(line: Operation, pins: Pins, state: State): string | undefined {
  const parts = partsOf(line, state);
  const inRam = parts.split(',').filter((text) => !text.startsWith('fsdax'));
  if (bytesOf(inRam.join(',')) > Number(line.args['memlock'] ?? Infinity)) return 'ENOMEM';
  return pins(state.variant, within(line, parts));
}

/** The parts of a buffer that a mapping of it covers, in whole or in part. */
function within({ args }: Operation, parts: string): string {
  const start = Number(args['off'] ?? 0);
  const end = start + Number(args['len'] ?? bytesOf(parts) - start);
  let at = 0;
  return parts
    .split(',')
    .filter((text) => {
      const from = at;
      at += bytesOf(text);
      return from < end && start < at;
    })
    .join(',');
}

/** What the guest reads of a kernel's or a module's notes. */
function notesOf(file: string, { subject, variant }: State): string {
  const owner =
    file === '/sys/kernel/notes' ? subject.kernels[variant] : subject.modules[variant][0];
  return `040000001400000003000000474e5500${owner?.buildId ?? ''}`;
}

function part(text: string): unknown {
  const [backing, len] = text.split(':');
  const dax = backing?.startsWith('fsdax') ?? false;
  const huge = backing === 'thp' ? Number(len) : 0;
  return {
    backing,
    len: Number(len),
    dax: dax || (backing === 'page-cache' ? false : null),
    physical: '0x1000',
    persistent: dax || backing === 'device-dax',
    fstype:
      backing === 'fsdax-xfs' ? '0x58465342' : dax || backing === 'page-cache' ? '0xef53' : null,
    kernelPageSize: backing === 'hugetlb' ? 2 * 1024 * 1024 : 4096,
    anonHugePages: huge,
  };
}
