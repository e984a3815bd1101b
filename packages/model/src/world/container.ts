import { endOfBatch, isLoneRefill, startOf, type Range } from './batches.ts';
import type { Errno, Result, WorldOperation } from './operation.ts';
import { isLocked, isRefused, pin, unpin, withStray } from './pin.ts';
import { eras, saySource, sources } from './eras.ts';
import type { Rules } from './rules.ts';
import { rangePages } from './shapes.ts';
import type { Area, Mapping, Part } from './state.ts';

export type AreaStep = { readonly area: Area; readonly result: Result };

type Map = Extract<WorldOperation, { op: 'map' }>;

/** Of what is mapped, in pages. */
export const lengthOf = ({ shape }: Area, range: Pick<Mapping, 'first' | 'count'>): number =>
  rangePages(shape.parts, range);

/** Where in the window of an area a mapping has one of its parts. */
export const placeOf = (area: Area, { at, first }: Mapping, part: number): number =>
  at + lengthOf(area, { first, count: part - first });

/** The page of the window behind a mapping. */
export const endOf = (area: Area, mapping: Mapping): number => mapping.at + lengthOf(area, mapping);

/** Pages of an area that VFIO counts as locked by the process. */
export const lockedIn = (area: Area, rules: Rules): number =>
  area.mappings.reduce((sum, mapping) => sum + lockedBy(area, mapping, rules), 0);

const lockedBy = (area: Area, { first, pages }: Mapping, rules: Rules): number =>
  pages.reduce((sum, page, offset) => {
    const part = area.parts[first + offset];
    return part && isLocked(part, page, rules) ? sum + part.shape.pages : sum;
  }, 0);

/**
 * VFIO_IOMMU_MAP_DMA: all of a range or nothing of it.
 * @param free mappings that the container still takes
 * @param locked pages that are counted already, of all areas
 */
export function map(
  area: Area,
  { at, first, count, asked, limit }: Map,
  rules: Rules,
  { free, locked }: { free: number; locked: number },
): AreaStep {
  const refuse = (errno: 'EEXIST' | 'ENOSPC', why: string): AreaStep => ({
    area,
    result: { outcome: 'refused', errno, why },
  });
  const end = at + lengthOf(area, { first, count });
  if (area.mappings.some((mapping) => mapping.at < end && at < endOf(area, mapping))) {
    return refuse('EEXIST', 'something is mapped at that IOVA (vfio_find_dma())');
  }
  if (free <= 0) {
    return refuse('ENOSPC', 'the container takes no more mappings (492855939bdb)');
  }
  return pinParts(
    area,
    { at, first, count, asked },
    rules,
    limit === undefined ? Infinity : limit - locked,
  );
}

function pinParts(
  area: Area,
  asked: Omit<Map, 'op' | 'area' | 'limit'>,
  rules: Rules,
  room: number,
): AreaStep {
  const { first, count } = asked;
  const range = area.shape.parts.slice(first, first + count);
  const mapping: Mapping & { pages: number[] } = { ...asked, pages: [] };
  const parts = [...area.parts];
  let faulted = false;
  let refusal: { readonly errno: Errno; readonly why: string } | undefined;
  // Behind a page that is one too many only what is in the same batch has been pinned by then.
  let end = Infinity;
  for (let index = first; index < first + count; index++) {
    if (startOf(range, index - first) >= end) break;
    const part = parts[index];
    if (!part) throw new RangeError(`an area of ${area.parts.length} parts has no part ${index}`);
    const wanted = { asked: asked.asked, startsRange: index === first };
    const pinned = pin(part, area.shape, wanted, rules);
    parts[index] = pinned.part;
    if (isRefused(pinned)) {
      refusal ??= { errno: pinned.errno, why: pinned.why };
      break;
    }
    mapping.pages.push(pinned.page);
    faulted ||= pinned.faulted;
    const locked = lockedBy({ ...area, parts }, mapping, rules);
    if (!refusal && locked > room && isLocked(pinned.part, pinned.page, rules)) {
      refusal = { errno: 'ENOMEM', why: saySource(sources.memlock) };
      const start = startOf(range, index - first);
      const fitting = Math.max(0, room - (locked - part.shape.pages));
      end = endOfBatch(range, index - first, start + fitting, rules);
    }
  }
  const pinned = withStrays({ ...area, parts }, range, mapping, rules);
  if (refusal) {
    return { area: undo(pinned, mapping, rules), result: { outcome: 'refused', ...refusal } };
  }
  return {
    area: { ...pinned, mappings: [...area.mappings, mapping] },
    result: {
      outcome: 'maps',
      why: whyMapped(rules, parts.slice(first, first + count)),
      ...(!rules.design.locks && faulted && { unlocked: true }),
    },
  };
}

/** What is pinned twice, and put once in vain. */
function withStrays(area: Area, range: Range, { first, pages }: Mapping, rules: Rules): Area {
  if (!rules.has.loneRefillKept) return area;
  const parts = area.parts.map((part, index) => {
    const page = pages[index - first];
    return page !== undefined && isLoneRefill(range, index - first, pages.length)
      ? withStray(part, page, rules)
      : part;
  });
  return { ...area, parts };
}

function whyMapped({ design, has }: Rules, parts: readonly Part[]): string {
  if (design.pinning === 'gup-fast')
    return 'the fast GUP asks nothing about the file behind a page';
  if (design.pinning === 'lease')
    return 'with a lease nothing need be refused: the pin is given back when the file system asks';
  const why = 'the rule names only filesystem-DAX memory';
  const isDeviceDax = parts.some(({ shape }) => shape.backing === 'device-dax');
  return isDeviceDax && !has.tellsDeviceDax
    ? `${why} (vma_is_fsdax() has to tell device-dax from it by S_ISCHR(): prerequisite ${eras.tellsDeviceDax.commit})`
    : why;
}

/** Gives back what a mapping holds. */
function undo(area: Area, { first, pages }: Mapping, rules: Rules): Area {
  const parts = area.parts.map((part, index) => {
    const page = pages[index - first];
    return page === undefined ? part : unpin(part, page, rules);
  });
  return { ...area, parts };
}

/** VFIO_IOMMU_UNMAP_DMA, as type1 v2 has it: whole mappings or none. */
export function unmap(
  area: Area,
  { at, pages }: { readonly at: number; readonly pages: number },
  rules: Rules,
): AreaStep {
  const end = at + pages;
  const isCut = (place: number): boolean =>
    area.mappings.some((mapping) => mapping.at < place && place < endOf(area, mapping));
  if (isCut(at) || isCut(end)) {
    return {
      area,
      result: {
        outcome: 'refused',
        errno: 'EINVAL',
        why: saySource(sources.wholeMappings),
      },
    };
  }
  const gone = area.mappings.filter((mapping) => at <= mapping.at && endOf(area, mapping) <= end);
  return {
    area: giveBack(area, gone, rules),
    result: {
      outcome: 'unmapped',
      pages: gone.reduce((sum, mapping) => sum + lengthOf(area, mapping), 0),
    },
  };
}

/** Takes mappings away from the device. */
export function giveBack(area: Area, gone: readonly Mapping[], rules: Rules): Area {
  const left: Area = {
    ...area,
    mappings: area.mappings.filter((mapping) => !gone.includes(mapping)),
  };
  return gone.reduce((sum, mapping) => undo(sum, mapping, rules), left);
}

/** The mapping that a device meets at a page of the window, and which of its parts. */
export function mappingAt(
  area: Area,
  at: number,
): { mapping: Mapping; part: number; page: number } | undefined {
  for (const mapping of area.mappings) {
    let start = mapping.at;
    for (const [offset, page] of mapping.pages.entries()) {
      const part = mapping.first + offset;
      const pages = area.shape.parts[part]?.pages ?? 0;
      if (start <= at && at < start + pages) return { mapping, part, page };
      start += pages;
    }
  }
  return undefined;
}
