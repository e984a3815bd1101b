import { mappingAt } from '../world/container.ts';
import {
  designOf,
  eras,
  isDaxFile,
  sources,
  stepArea,
  type Area,
  type Page,
  type Part,
  type Result,
  type Rules,
} from '../world/index.ts';
import { around, type Transition } from './system.ts';

/**
 * `harm`: what a design must not do. `flaw`: what the kernel does wherever VFIO gives pages back as it does today. `cost`: what a design takes from the
 * process for doing none of the harms.
 */
export type FindingKind = 'harm' | 'flaw' | 'cost';

export type Finding = {
  readonly name: string;
  readonly kind: FindingKind;
  /** What has happened then. */
  readonly title: string;
  readonly test: (transition: Transition) => boolean;
};

const reaches = ({ operation, result, before }: Transition, owner: 'nobody' | 'other'): boolean => {
  if (operation.op !== 'dma-write' || result.outcome !== 'written') return false;
  const met = mappingAt(before, operation.at);
  const page = met && before.parts[met.part]?.pages[met.page];
  return result.reached === owner && page?.kind === 'block';
};

/** Pins that no mapping holds, of the pages that a test picks. In loops, as it is asked of everything that happens. */
function stuckIn({ parts }: Area, isMeant: IsMeant): number {
  let sum = 0;
  for (const part of parts) {
    for (const page of part.pages) {
      const { stuck, strays } = page;
      if (stuck + strays > 0 && isMeant(part, page)) sum += stuck * part.shape.pages + strays;
    }
  }
  return sum;
}

type IsMeant = (part: Part, page: Page) => boolean;

const leaves = ({ before, after }: Transition, isMeant: IsMeant): boolean =>
  before !== after && stuckIn(after, isMeant) > stuckIn(before, isMeant);

/** The page of zeroes, which stands for a hole in a file, is no page of it. */
const isOfFile: IsMeant = ({ shape }, { kind }) => isDaxFile(shape) && kind === 'block';

const waits = ({ result }: Transition, ...until: Extract<Result, { until: string }>['until'][]) =>
  result.outcome === 'waits' && until.includes(result.until);

/** A map that the same kernel would do if it had no rule about the file behind a page. */
function isRefusedByDesign({ before, operation, result, rules }: Transition): boolean {
  if (operation.op !== 'map' || result.outcome !== 'refused') return false;
  const without: Rules = { ...rules, design: designOf('gup-fast') };
  return stepArea(before, operation, without, around(true))?.result.outcome === 'maps';
}

/** Whether a rule names what was refused. */
function isNamed({ before, operation, result, rules }: Transition): boolean {
  if (operation.op !== 'map' || result.outcome !== 'refused') return false;
  const { first, count, asked } = operation;
  const range = before.shape.parts.slice(first, first + count);
  if (result.errno === 'EOPNOTSUPP') return range.some(isDaxFile);
  return (
    result.errno === 'EFAULT' &&
    rules.has.fileWritesRefused &&
    asked === 'rw' &&
    before.shape.share === 'shared' &&
    range.some(({ backing }) => backing === 'page-cache')
  );
}

/** What the explorer looks for in everything that happens. */
export const findings = [
  {
    name: 'overwrites',
    kind: 'harm',
    title: "the device writes into another file: into a block that the process's file had before",
    test: (transition) => reaches(transition, 'other'),
  },
  {
    name: 'discloses',
    kind: 'harm',
    title: 'the device reads what another file holds',
    test: ({ operation, result }) =>
      operation.op === 'dma-read' && result.outcome === 'read' && result.content === 'other',
  },
  {
    name: 'writes-freed',
    kind: 'harm',
    title: 'the device writes into a block that no file owns any more',
    test: (transition) => reaches(transition, 'nobody'),
  },
  {
    name: 'waits',
    kind: 'harm',
    title: 'the file system waits for as long as the process likes',
    test: (transition) => waits(transition, 'signal', 'never'),
  },
  {
    name: 'left-behind',
    kind: 'harm',
    title: 'a page of a file stays pinned though no mapping holds that pin',
    test: (transition) => leaves(transition, isOfFile),
  },
  {
    name: 'refused',
    kind: 'harm',
    title: 'memory is refused that no rule names',
    test: (transition) => isRefusedByDesign(transition) && !isNamed(transition),
  },
  {
    name: 'unlocked',
    kind: 'harm',
    title: 'memory is faulted in without the lock of the address space',
    test: ({ result }) => result.outcome === 'maps' && result.unlocked === true,
  },
  {
    name: 'kept-pins',
    kind: 'flaw',
    title: `a page of no file stays pinned though no mapping holds that pin, as VFIO puts no reserved page again (put_pfn(), ${sources.putsNoReserved.commit}): one of device-dax, or up to 5.19 the page of zeroes (${eras.zeroPagePut.commit})`,
    test: (transition) => leaves(transition, (part, page) => !isOfFile(part, page)),
  },
  {
    name: 'refuses',
    kind: 'cost',
    title: 'memory is refused that the process could use otherwise',
    test: (transition) => isRefusedByDesign(transition) && isNamed(transition),
  },
  {
    name: 'revokes',
    kind: 'cost',
    title: 'a mapping is taken from the process',
    test: ({ operation, before, after }) =>
      isChange(operation.op) && after.mappings.length < before.mappings.length,
  },
  {
    name: 'waits-for-owner',
    kind: 'cost',
    title: 'the file system waits for the owner of a mapping, but no longer than it allows',
    test: (transition) => waits(transition, 'lease'),
  },
] as const satisfies readonly Finding[];

export type FindingName = (typeof findings)[number]['name'];

const isChange = (op: string): boolean => op === 'truncate' || op === 'punch' || op === 'unlink';

/** The names of what is found in a transition. */
export const tellFindings = (transition: Transition): FindingName[] =>
  findings.filter(({ test }) => test(transition)).map(({ name }) => name);
