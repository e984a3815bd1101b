import { roomForFirstRun } from '../room.ts';
import type { Findings } from './findings.ts';
import type { FoundTool } from './host-tools.ts';

/** `missing`: runs will not work. `degraded`: they will, but slower or not quite as they should. */
export type State = 'ok' | 'missing' | 'degraded';
export type Item = { item: string; state: State; found: string; meaning: string; remedy?: string };

const GiB = 2 ** 30;

/** A guest has 1 GiB of memory, its pmem half as much again; a compiler runs beside it. */
const MEMORY_BYTES = 2 * GiB;
/** The arguments in packages/qemu are good for this version and later. */
const QEMU_VERSION = '7.2';

/** What the findings mean for a run, and what can be done. Pure. */
export const diagnose = (findings: Findings): Item[] => [
  diagnoseNode(findings),
  ...findings.tools.map(diagnoseTool),
  diagnoseKvm(findings),
  ...diagnoseApt(findings),
  ...diagnoseCache(findings),
  diagnoseMemory(findings),
  diagnoseCores(findings),
  diagnoseLeftovers(findings),
];

/** 0 when runs will work here, 2 when something they need is missing. */
export const exitCodeOf = (items: readonly Item[]): 0 | 2 =>
  items.some(({ state }) => state === 'missing') ? 2 : 0;

function diagnoseNode({ node: { version, wanted } }: Findings): Item {
  const shared = { item: 'node', found: version, meaning: 'runs the bench' };
  return atLeast(version, wanted)
    ? { ...shared, state: 'ok' }
    : { ...shared, state: 'missing', remedy: `install Node ${wanted} or newer` };
}

function diagnoseTool(tool: FoundTool): Item {
  const shared = { item: tool.name, meaning: tool.purpose };
  if (tool.place === undefined) {
    const remedy = `apt-get install --no-install-recommends ${tool.package}`;
    return { ...shared, state: 'missing', found: 'not found', remedy };
  }
  const version = /\d+(\.\d+)+/.exec(tool.printed ?? '')?.[0];
  const found = version ?? tool.place;
  if (
    tool.name.startsWith('qemu-system-') &&
    version !== undefined &&
    !atLeast(version, QEMU_VERSION)
  ) {
    const remedy = `use QEMU ${QEMU_VERSION} or newer`;
    return {
      ...shared,
      state: 'degraded',
      found,
      meaning: 'older than any that was tried',
      remedy,
    };
  }
  return { ...shared, state: 'ok', found };
}

function diagnoseKvm({ kvm }: Findings): Item {
  const item = 'kvm';
  if (kvm.remembered !== undefined) {
    const { kind, why } = kvm.remembered;
    return { item, state: 'ok', found: `an earlier run chose ${kind}`, meaning: why };
  }
  if (kvm.state === 'opens') {
    const meaning = 'that it works only a guest that boots can show; a run that may use it tries';
    return { item, state: 'ok', found: '/dev/kvm opens', meaning };
  }
  const meaning =
    'TCG does all the work; counted time needs nothing else, sampled time is slower and rougher';
  return kvm.state === 'absent'
    ? { item, state: 'degraded', found: 'no /dev/kvm', meaning }
    : {
        ...{ item, state: 'degraded', found: '/dev/kvm cannot be opened', meaning },
        remedy: 'add yourself to the group that owns /dev/kvm (kvm on Debian)',
      };
}

function diagnoseApt({ apt: { mirrors, keyrings } }: Findings): Item[] {
  const mirror = {
    item: 'Debian mirror',
    meaning: 'kernels and what runs in the guest come from it',
  };
  const keyring = { item: 'Debian keyring', meaning: 'apt checks what it fetches against it' };
  return [
    mirrors.length > 0
      ? { ...mirror, state: 'ok', found: more(mirrors) }
      : {
          ...{ ...mirror, state: 'missing', found: "none in the host's apt" },
          remedy: 'set PINBENCH_MIRROR to one',
        },
    keyrings.length > 0
      ? { ...keyring, state: 'ok', found: more(keyrings) }
      : {
          ...{ ...keyring, state: 'missing', found: 'none' },
          remedy: 'install debian-archive-keyring, or set PINBENCH_KEYRING to a keyring',
        },
  ];
}

const more = ([first = '', ...rest]: readonly string[]): string =>
  rest.length === 0 ? first : `${first} and ${rest.length} more`;

function diagnoseCache({ cache }: Findings): Item[] {
  const folder = { item: 'cache', meaning: 'what is fetched, built and booted once is kept here' };
  const elsewhere = 'set PINBENCH_CACHE to a folder on a larger disk';
  if (!cache.writable) {
    const remedy = 'set PINBENCH_CACHE to a folder you can write to';
    return [{ ...folder, state: 'missing', found: `${cache.folder}, not writable`, remedy }];
  }
  const space = { item: 'disk', found: `${gibibytes(cache.freeBytes)} free` };
  const needed = Math.max(0, roomForFirstRun - cache.bytes);
  return [
    { ...folder, state: 'ok', found: `${cache.folder}, ${gibibytes(cache.bytes)}` },
    cache.freeBytes >= needed
      ? {
          ...space,
          state: 'ok',
          meaning: `a first run on one of Debian's lines takes about ${gibibytes(roomForFirstRun)}`,
        }
      : {
          ...{ ...space, state: 'missing', meaning: `about ${gibibytes(needed)} more are needed` },
          remedy: `make room, or ${elsewhere}`,
        },
  ];
}

function diagnoseMemory({ memory: { totalBytes, availableBytes } }: Findings): Item {
  const found = `${gibibytes(availableBytes)} of ${gibibytes(totalBytes)} available`;
  return availableBytes >= MEMORY_BYTES
    ? { item: 'memory', state: 'ok', found, meaning: 'enough for the guest and a compiler' }
    : {
        ...{ item: 'memory', state: 'degraded', found, meaning: 'guests may be slow or be killed' },
        remedy: `free memory until ${gibibytes(MEMORY_BYTES)} are available`,
      };
}

const diagnoseCores = ({ cores }: Findings): Item =>
  cores >= 2
    ? { item: 'processors', state: 'ok', found: String(cores), meaning: 'work runs side by side' }
    : { item: 'processors', state: 'degraded', found: '1', meaning: 'all work runs in a row' };

function diagnoseLeftovers({ leftovers: { processes, folders } }: Findings): Item {
  const item = 'leftovers';
  if (processes.length + folders.length === 0) {
    return { item, state: 'ok', found: 'none', meaning: 'earlier runs left nothing behind' };
  }
  const found = [
    ...(processes.length > 0 ? [`QEMU ${processes.join(' ')}`] : []),
    ...(folders.length > 0 ? [`${folders.length} folders`] : []),
  ].join(', ');
  const remedy = [
    ...(processes.length > 0 ? [`kill ${processes.join(' ')}`] : []),
    ...(folders.length > 0 ? [`rm -r ${folders.join(' ')}`] : []),
  ].join('; ');
  const meaning = 'runs that were killed outright left these; they only take room';
  return { item, state: 'degraded', found, meaning, remedy };
}

const gibibytes = (bytes: number): string => `${(bytes / GiB).toFixed(1)} GiB`;

/** Compares the first two numbers of two versions. */
function atLeast(version: string, wanted: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
