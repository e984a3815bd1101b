import { giveBack, lockedIn, map, unmap, type AreaStep } from './container.ts';
import { dmaRead, dmaWrite } from './device.ts';
import { changeFile, create } from './files.ts';
import type { Result, WorldOperation } from './operation.ts';
import { withoutLostPages } from './pages.ts';
import { exit, fork, hole, load, mmap, munmap, store } from './process.ts';
import type { Rules } from './rules.ts';
import { entriesOf, type Area, type World } from './state.ts';

export type Step = { readonly world: World; readonly result: Result };

/** What an operation on one area has to know of the rest of the world. */
export type Around = { readonly open: boolean; readonly free: number; readonly locked: number };

type AreaOperation = Exclude<Extract<WorldOperation, { area: number }>, { op: 'mmap' }>;
type WideOperation = Extract<WorldOperation, { op: 'open' | 'close' | 'fork' | 'exit' }>;

const done: Result = { outcome: 'done' };

/**
 * What comes of an operation: the world after it, and what is seen of it. Undefined where it cannot be asked, as there is
 * nothing to do it to.
 */
export function step(world: World, operation: WorldOperation, rules: Rules): Step | undefined {
  if (!('area' in operation)) return stepWorld(world, operation, rules);
  const area = world.areas[operation.area];
  if (operation.op === 'mmap') {
    return isFree(area)
      ? { world: put(world, operation.area, tidy(mmap(operation.shape, rules))), result: done }
      : undefined;
  }
  if (!area) return undefined;
  const stepped = stepArea(area, operation, rules, around(world, rules));
  return stepped && { world: put(world, operation.area, stepped.area), result: stepped.result };
}

/** Where memory may be mapped anew: nothing of what was there before is held by anybody. */
export const isFree = (area: Area | undefined): boolean =>
  area === undefined ||
  (!area.mapped &&
    !area.forked &&
    area.mappings.length === 0 &&
    area.parts.every(({ pages }) => pages.every(({ stuck }) => stuck === 0)));

const around = (world: World, rules: Rules): Around => ({
  open: world.open,
  free: rules.entryLimit - entriesOf(world),
  locked: lockedOf(world, rules),
});

/** Pages that VFIO counts as locked by the process. */
export const lockedOf = ({ areas }: World, rules: Rules): number =>
  areas.reduce((sum, area) => sum + (area ? lockedIn(area, rules) : 0), 0);

const put = (world: World, slot: number, area: Area): World => ({
  ...world,
  areas: world.areas.map((each, index) => (index === slot ? area : each)),
});

/** The same for one area, whatever slot it is in. */
export function stepArea(
  area: Area,
  operation: AreaOperation,
  rules: Rules,
  world: Around,
): AreaStep | undefined {
  const stepped = doArea(area, operation, rules, world);
  return stepped && stepped.area !== area ? { ...stepped, area: tidy(stepped.area) } : stepped;
}

function doArea(
  area: Area,
  operation: AreaOperation,
  rules: Rules,
  { open, free, locked }: Around,
): AreaStep | undefined {
  switch (operation.op) {
    case 'munmap':
      return area.mapped ? { area: munmap(area), result: done } : undefined;
    case 'hole':
      return area.mapped ? hole(area, operation.part) : undefined;
    case 'load':
      return load(area, operation.part, 'mine', rules);
    case 'store':
      return store(area, operation.part, 'mine', rules);
    case 'child-load':
      return load(area, operation.part, 'childs', rules);
    case 'child-store':
      return store(area, operation.part, 'childs', rules);
    case 'truncate':
    case 'punch':
    case 'unlink':
      return changeFile(area, operation.part, operation.op, rules);
    case 'create':
      return create(area, operation.part);
    case 'map':
      return open && area.mapped ? map(area, operation, rules, { free, locked }) : undefined;
    case 'unmap':
      return open ? unmap(area, operation, rules) : undefined;
    case 'dma-read':
      return open ? dmaRead(area, operation.at) : undefined;
    case 'dma-write':
      return open ? dmaWrite(area, operation.at) : undefined;
  }
}

/** An operation that meets every area. */
function stepWorld(world: World, { op }: WideOperation, rules: Rules): Step | undefined {
  const changed = wideArea(op, world);
  if (!changed) return undefined;
  const areas = world.areas.map((area) => area && tidy(changed(area, rules)));
  return { world: { ...world, ...afterwards(op), areas }, result: done };
}

/** What a wide operation does to an area; undefined where it cannot be asked. */
export function wideArea(
  op: WideOperation['op'],
  { open, child }: Pick<World, 'open' | 'child'>,
): ((area: Area, rules: Rules) => Area) | undefined {
  switch (op) {
    case 'open':
      return open ? undefined : (area) => area;
    case 'close':
      return open ? (area, rules) => giveBack(area, area.mappings, rules) : undefined;
    case 'fork':
      return child ? undefined : fork;
    case 'exit':
      return child ? exit : undefined;
  }
}

const afterwards = (op: WideOperation['op']): Partial<World> =>
  op === 'open' || op === 'close' ? { open: op === 'open' } : { child: op === 'fork' };

/** An area without the pages that nobody reaches any more. */
export function tidy(area: Area): Area {
  const tidied = area.parts.map((part) => withoutLostPages(part, area.mapped || area.forked));
  const mappings = area.mappings.map((mapping) => ({
    ...mapping,
    pages: mapping.pages.map((page, offset) => tidied[mapping.first + offset]?.to(page) ?? page),
  }));
  return { ...area, mappings, parts: tidied.map(({ part }) => part) };
}
