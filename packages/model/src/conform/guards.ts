import {
  eras,
  hasFile,
  isDaxFile,
  pagesOf,
  rangePages,
  type Area,
  type Result,
  type Rules,
  type Shape,
  type World,
  type WorldOperation,
} from '../world/index.ts';
import { mappingAt, placeOf } from '../world/container.ts';
import { pageAt } from '../world/pages.ts';
import { none } from '../world/state.ts';
import { WINDOW_PAGES } from './layout.ts';

/** 2 MiB: what memory in huge pages comes in, and device-dax. */
const HUGE = 512;

const inHugePieces = new Set(['thp', 'hugetlb', 'device-dax']);

/**
 * Why an operation is not asked of a guest although the model has an answer to it: the bench cannot ask it, or it would
 * leave nothing behind to ask. Undefined where it is asked.
 * @param last the operation before it that was asked
 */
export function reasonNotToAsk(
  world: World,
  operation: WorldOperation,
  rules: Rules,
  last: WorldOperation | undefined,
): string | undefined {
  switch (operation.op) {
    case 'mmap':
      return wrongShape(operation.shape) ?? notNow(world, operation.shape);
    case 'map':
      return (
        notMapped(world.areas[operation.area], operation) ??
        copiedDax(world.areas[operation.area], operation)
      );
    case 'punch':
      return isOnePage(world, operation)
        ? undefined
        : 'the agent punches one page, and a part stands for all its pages alike';
    case 'unlink':
      return rules.has.evictionWaits && isInUse(world, operation)
        ? `whoever asks again for what no signal ends hangs for good (${eras.evictionWaits.commit})`
        : undefined;
    case 'create':
      return isChangeOf(last, operation)
        ? undefined
        : 'the agent remembers only the block that it looked at last';
    case 'dma-read':
    case 'dma-write':
      return notFirstPage(world.areas[operation.area], operation.at);
    case 'close':
      return world.areas.some((area) => area?.mapped === true && has(area.shape, 'device-bar'))
        ? "the agent gives a device's own memory back with its device"
        : undefined;
    case 'fork':
      return world.areas.some((area) => area?.mapped === true && isPrivateHugetlb(area.shape))
        ? 'copies of private huge pages need pages of the pool that may be lacking'
        : undefined;
    default:
      return undefined;
  }
}

/** Memory that no agent can map so. */
function wrongShape({ parts, share, prot, touch }: Shape): string | undefined {
  if (parts.some(({ backing, pages }) => inHugePieces.has(backing) && pages % HUGE !== 0)) {
    return 'memory in huge pages comes in 2 MiB';
  }
  if (pagesOf(parts) > WINDOW_PAGES) return 'it is longer than its window';
  if (prot === 'ro' && touch === 'write') return 'memory that is read only cannot be written to';
  const backings = new Set(parts.map(({ backing }) => backing));
  if (share === 'private' && (backings.has('device-dax') || backings.has('device-bar'))) {
    return 'a device maps its memory shared only';
  }
  if (share === 'shared' && backings.has('thp')) {
    return 'huge pages of shared memory depend on how its file system is mounted';
  }
  if (parts.some(({ backing, pages }) => backing === 'device-bar' && pages > BAR_PAGES)) {
    return 'it is longer than the BAR';
  }
  return undefined;
}

/** BAR0 of edu is 1 MiB. */
const BAR_PAGES = 256;

/** There is one device with memory of its own, and one of persistent memory. */
function notNow(world: World, shape: Shape): string | undefined {
  if (has(shape, 'device-bar') && !world.open) return 'no device is open';
  const areas = world.areas.filter((area) => area !== undefined);
  const single = ['device-dax'] as const;
  const twice =
    single.some((name) => shape.parts.filter(({ backing }) => backing === name).length > 1) ||
    single.some((name) => has(shape, name) && areas.some((area) => has(area.shape, name)));
  return twice ? 'every device-dax buffer has the same memory' : undefined;
}

/** Why nothing can be done to an area that no mmap made. */
export const sayUnmapped = (area: number): string => `area ${area} is not mapped`;

const notMapped = (
  area: Area | undefined,
  { area: slot, at, first, count }: { area: number; at: number; first: number; count: number },
): string | undefined => {
  if (area === undefined) return sayUnmapped(slot);
  const { parts } = area.shape;
  if (count < 1 || first + count > parts.length) return 'the area has no such parts';
  const end = at + rangePages(parts, { first, count });
  return end > WINDOW_PAGES ? 'it would reach into the next window' : undefined;
};

/** The page is memory of the process's own by then. */
const copiedDax = (
  area: Area | undefined,
  { first, count }: { first: number; count: number },
): string | undefined =>
  area?.parts
    .slice(first, first + count)
    .some(
      ({ shape, pages, mine }) => isDaxFile(shape) && mine !== none && pages[mine]?.kind === 'ram',
    ) === true
    ? 'what was copied of a DAX file is its no more, and may be refused or mapped'
    : undefined;

type OnPart = { readonly area: number; readonly part: number };

const partOf = (world: World, { area, part }: OnPart) => world.areas[area]?.parts[part];

const isOnePage = (world: World, operation: OnPart): boolean =>
  partOf(world, operation)?.shape.pages === 1;

function isInUse(world: World, operation: OnPart): boolean {
  const part = partOf(world, operation);
  const index = part?.file?.page ?? none;
  if (part === undefined || index === none) return false;
  const { pins, stuck } = pageAt(part, index);
  return isDaxFile(part.shape) && pins + stuck > 0;
}

/** Why a change is not asked that frees blocks which a device still has: files of other sequences would get them. */
export function reasonNotToFree(
  world: World,
  operation: WorldOperation,
  { outcome }: Result,
  { has: hasEra }: Rules,
): string | undefined {
  const isChange =
    operation.op === 'truncate' || operation.op === 'punch' || operation.op === 'unlink';
  if (outcome !== 'done' || !isChange || !isInUse(world, operation)) return undefined;
  if (!isOnePage(world, operation)) {
    return 'the agent has one block taken, and the others would be found in use';
  }
  return hasEra.xfsWaits && partOf(world, operation)?.shape.backing === 'fsdax-xfs'
    ? 'xfs does not let choose which file gets a block, and the one that does would be found in use'
    : undefined;
}

const isChangeOf = (last: WorldOperation | undefined, { area, part }: OnPart): boolean =>
  (last?.op === 'truncate' || last?.op === 'punch' || last?.op === 'unlink') &&
  last.area === area &&
  last.part === part;

/** Only the first page of a part has a content that the model knows. */
function notFirstPage(area: Area | undefined, at: number): string | undefined {
  const met = area && mappingAt(area, at);
  if (!area || !met) return at < WINDOW_PAGES ? undefined : 'it lies in the next window';
  const { mapping, part } = met;
  return at === placeOf(area, mapping, part)
    ? undefined
    : 'the model knows what is in the first page of a part only';
}

const has = ({ parts }: Shape, name: Shape['parts'][number]['backing']): boolean =>
  parts.some(({ backing }) => backing === name);

const isPrivateHugetlb = (shape: Shape): boolean =>
  shape.share === 'private' && has(shape, 'hugetlb');

/** Parts of an area whose files have names, as indexes. */
export const filesIn = ({ parts }: Area): number[] =>
  parts.flatMap((part, index) => (hasFile(part.shape) ? [index] : []));
