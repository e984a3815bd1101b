import {
  beforeEra,
  eras,
  sinceEra,
  sources,
  type Area,
  type Page,
  type PartShape,
  type Result,
  type Rules,
  type Shape,
  type World,
  type WorldOperation,
} from '../world/index.ts';

/** Something that happens, and what comes of it, for a reviewer to read. */
type Told = { readonly does: string; readonly then: string };

/** An operation with the worlds before and after it. */
export type Happened = {
  readonly operation: WorldOperation;
  readonly before: World;
  readonly result: Result;
  readonly after: World;
  readonly rules: Rules;
};

/** One operation as a sentence or two. */
export function tell(happened: Happened): Told {
  const { operation } = happened;
  const before = 'area' in operation ? happened.before.areas[operation.area] : undefined;
  const after = 'area' in operation ? happened.after.areas[operation.area] : undefined;
  const where = happened.before.areas.filter((area) => area !== undefined).length > 1;
  const does = sayOperation(operation, before);
  return {
    does: where && 'area' in operation ? `${does} (area ${operation.area})` : does,
    then: [
      sayResult(happened, before),
      sayRevoked(happened, before, after),
      sayStuck(happened, before, after),
    ]
      .filter((each) => each !== '')
      .join(' '),
  };
}

const partNouns: Record<PartShape['backing'], string> = {
  anon: 'anonymous memory',
  thp: 'anonymous memory in huge pages',
  hugetlb: 'hugetlb memory',
  memfd: 'a memfd',
  'page-cache': 'a file in the page cache',
  'fsdax-ext4': 'a file on ext4 with DAX',
  'fsdax-xfs': 'a file on xfs with DAX',
  'device-dax': 'a device-dax device',
  'device-bar': "a device's own memory",
};

const sayLength = (pages: number): string =>
  pages === 1 ? 'a page' : pages % 256 === 0 ? `${pages / 256} MiB` : `${pages} pages`;

const sayPart = ({ backing, pages }: PartShape): string =>
  `${sayLength(pages)} of ${partNouns[backing]}`;

/** Memory as it is mapped, in the middle of a sentence. */
export const sayShape = ({ parts, share, prot }: Shape): string =>
  `${parts.map(sayPart).join(' and, behind it, ')}, ${share === 'shared' ? 'shared' : 'privately'}${prot === 'ro' ? ', only to read' : ''}`;

const isPartOnly = (area: Area | undefined): boolean => (area?.shape.parts.length ?? 0) > 1;

/** The part meant, where there is more than one. */
function sayWhich(area: Area | undefined, index: number): string {
  const part = area?.shape.parts[index];
  return part && isPartOnly(area) ? ` of ${partNouns[part.backing]}` : '';
}

function sayOperation(operation: WorldOperation, area: Area | undefined): string {
  switch (operation.op) {
    case 'mmap':
      return `The process maps ${sayShape(operation.shape)}.`;
    case 'munmap':
      return 'The process unmaps the memory (munmap()).';
    case 'hole':
      return `The process unmaps the part${sayWhich(area, operation.part)} (munmap()).`;
    case 'load':
      return `The process reads from the memory${sayWhich(area, operation.part)}.`;
    case 'store':
      return `The process writes to the memory${sayWhich(area, operation.part)}.`;
    case 'child-load':
      return `Its child reads from the memory${sayWhich(area, operation.part)}.`;
    case 'child-store':
      return `Its child writes to the memory${sayWhich(area, operation.part)}.`;
    case 'truncate':
      return 'Somebody truncates the file to nothing.';
    case 'punch':
      return 'Somebody punches a hole into the file there.';
    case 'unlink':
      return 'Somebody removes the file (unlink()).';
    case 'create':
      return 'Somebody else writes a new file.';
    case 'map':
      return `The process hands ${sayRange(operation, area)} to the device, to read${operation.asked === 'rw' ? ' and to write' : ''} (VFIO_IOMMU_MAP_DMA).`;
    case 'unmap':
      return 'The process takes it from the device again (VFIO_IOMMU_UNMAP_DMA).';
    case 'dma-read':
      return 'The device reads there.';
    case 'dma-write':
      return 'The device writes there.';
    case 'open':
      return 'The process opens the container again.';
    case 'close':
      return 'The process closes the container.';
    case 'fork':
      return 'The process forks.';
    case 'exit':
      return 'Its child ends.';
  }
}

function sayRange(
  { first, count }: Extract<WorldOperation, { op: 'map' }>,
  area: Area | undefined,
): string {
  if (!isPartOnly(area)) return area && area.mappings.length > 0 ? 'it once more' : 'it';
  if (count > 1) return 'both parts';
  return `the part${sayWhich(area, first)}`;
}

function sayResult({ operation, result }: Happened, area: Area | undefined): string {
  switch (result.outcome) {
    case 'maps':
      return `It is pinned: ${result.why}.${result.unlocked ? ' It is faulted in without the lock of the address space.' : ''}`;
    case 'refused':
      return `Refused with ${result.errno}: ${result.why}.`;
    case 'unmapped':
      return result.pages === 0 ? 'Nothing was mapped there.' : '';
    case 'signal':
      return `It is killed by ${result.signal}.`;
    case 'read':
      return result.content === 'other' ? 'It gets what the new file holds.' : '';
    case 'read-nothing':
      return 'The IOMMU lets nothing through.';
    case 'written':
      return reached[result.reached];
    case 'waits':
      return `The call waits ${untils[result.until]}: ${result.why}.`;
    case 'done':
      return sayDone(operation, area, result.why);
  }
}

const reached: Record<Extract<Result, { outcome: 'written' }>['reached'], string> = {
  process: 'Its bytes land in the memory of the process.',
  file: 'Its bytes land in the file.',
  nobody: 'Its bytes land in a block that no file owns, and are there for the next that gets it.',
  other: 'Its bytes land in the new file, whose owner gave them to nobody.',
  nothing: 'The IOMMU lets nothing through.',
};

const untils: Record<Extract<Result, { outcome: 'waits' }>['until'], string> = {
  signal: 'until a signal ends it',
  never: 'and no signal ends that',
  lease: 'for the owner of the mapping, and no longer than its time',
};

function sayDone(
  operation: WorldOperation,
  area: Area | undefined,
  why: string | undefined,
): string {
  switch (operation.op) {
    case 'truncate':
    case 'punch':
    case 'unlink': {
      const { file, pages } = area?.parts[operation.part] ?? {};
      const page = pages?.[file?.page ?? -1];
      const held = page?.kind === 'block' && page.pins + page.stuck > 0;
      if (!held) return '';
      const because = why === undefined ? '' : `: ${why}`;
      return `It returns at once, and the block is free, though the device holds it${because}.`;
    }
    case 'create':
      return 'It gets the block that was freed.';
    case 'munmap':
      return area && area.mappings.length > 0 ? 'The device goes on reaching it.' : '';
    default:
      return '';
  }
}

/** What nobody tells the device. */
const sayRevoked = (
  { result }: Happened,
  before: Area | undefined,
  after: Area | undefined,
): string =>
  result.outcome === 'waits' && before && after && after.mappings.length < before.mappings.length
    ? 'From then on the IOMMU lets the device through to nothing there.'
    : '';

/** What the call itself does not tell: that a pin was not given back. */
function sayStuck(
  { operation, rules }: Happened,
  before: Area | undefined,
  after: Area | undefined,
): string {
  if (!before || !after) return '';
  if (operation.op === 'map' && strayIn(after) > strayIn(before)) {
    const why = rules.has.batches ? sinceEra(eras.loneRefillKept) : beforeEra(eras.batches);
    return `One more pin is taken than is given back later: ${why}.`;
  }
  if (operation.op !== 'unmap' || stuckIn(after) <= stuckIn(before)) return '';
  const { why, commit } = sources.putsNoReserved;
  return `The mapping goes, the pin stays: ${why} (${commit}).`;
}

const pagesIn = ({ parts }: Area): Page[] => parts.flatMap(({ pages }) => pages);

const stuckIn = (area: Area): number => pagesIn(area).reduce((sum, { stuck }) => sum + stuck, 0);

const strayIn = (area: Area): number => pagesIn(area).reduce((sum, { strays }) => sum + strays, 0);
