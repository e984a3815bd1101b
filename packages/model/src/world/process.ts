import type { AreaStep } from './container.ts';
import type { Result } from './operation.ts';
import {
  changePage,
  faultForReading,
  faultForWriting,
  leftAlone,
  pageAt,
  withPage,
  type Fault,
  type Who,
} from './pages.ts';
import type { Rules } from './rules.ts';
import { hasFile, isDaxFile, type PartShape, type Shape } from './shapes.ts';
import {
  isZero,
  none,
  type Area,
  type Content,
  type Page,
  type PageIndex,
  type Part,
} from './state.ts';

const done: Result = { outcome: 'done' };

/** Memory as it is once mmap() is done, and the process has touched all of it or nothing. */
export function mmap(shape: Shape, rules: Rules): Area {
  const parts = shape.parts.map((part) => touched(newPart(part), shape, rules));
  return { shape, parts, mapped: true, forked: false, mappings: [] };
}

/** Files have their blocks before they are mapped. */
function newPart(shape: PartShape): Part {
  const part: Part = { shape, present: true, pages: [], mine: none, childs: none, inChild: false };
  if (!hasFile(shape)) return part;
  const kind = isDaxFile(shape) ? 'block' : 'cache';
  const [grown, page] = withPage(part, { kind, owner: 'file', content: 'zero' });
  return { ...grown, file: { linked: true, cut: false, page } };
}

function touched(part: Part, shape: Shape, rules: Rules): Part {
  if (shape.touch === 'none' || part.shape.backing === 'device-bar') return part;
  const how = shape.touch === 'write' ? faultForWriting : faultForReading;
  const fault = how(part, shape, 'mine', rules);
  if (typeof fault === 'string') throw new RangeError(`${part.shape.backing} cannot be touched so`);
  return fault.part;
}

/** What the process has no more. Pages that a device holds stay its. */
export function munmap(area: Area): Area {
  const parts = area.parts.map((part) => ({ ...part, present: false, mine: none }));
  return { ...area, parts, mapped: false };
}

/** Undefined where it is gone already. */
export function hole(area: Area, index: number): AreaStep | undefined {
  if (area.parts[index]?.present !== true) return undefined;
  const parts = area.parts.map((part, at) =>
    at === index ? { ...part, present: false, mine: none } : part,
  );
  return { area: { ...area, parts }, result: done };
}

/** A process reads. Undefined where it has nothing there to read. */
export function load(area: Area, index: number, who: Who, rules: Rules): AreaStep | undefined {
  return access(area, index, who, faultForReading, rules, (part, page) => ({
    part,
    result: { outcome: 'read', content: pageAt(part, page).content },
  }));
}

/** A process writes what was not there before. */
export function store(area: Area, index: number, who: Who, rules: Rules): AreaStep | undefined {
  return access(area, index, who, faultForWriting, rules, (part, page) => {
    const { content } = pageAt(part, page);
    const written: Content = who === 'childs' ? 'child' : content === 'first' ? 'second' : 'first';
    return { part: changePage(part, page, { content: written }), result: done };
  });
}

function access(
  area: Area,
  index: number,
  who: Who,
  how: (part: Part, shape: Shape, who: Who, rules: Rules) => Fault,
  rules: Rules,
  then: (part: Part, page: PageIndex) => { part: Part; result: Result },
): AreaStep | undefined {
  const part = area.parts[index];
  const has = who === 'mine' ? area.mapped : area.forked;
  if (!part || !has || part.shape.backing === 'device-bar') return undefined;
  const fault = how(part, area.shape, who, rules);
  if (typeof fault === 'string') return { area, result: { outcome: 'signal', signal: fault } };
  const { part: after, result } = then(fault.part, fault.page);
  const parts = area.parts.map((each, at) => (at === index ? after : each));
  return { area: { ...area, parts }, result };
}

/** A child gets all that the process has: of what is private the same pages, until one of them writes. */
export function fork(area: Area, rules: Rules): Area {
  if (!area.mapped) return area;
  const { share } = area.shape;
  const parts = area.parts.map((part) => ({
    ...forkPart(part, share, rules),
    inChild: part.present,
  }));
  return { ...area, forked: true, parts };
}

function forkPart(part: Part, share: Shape['share'], { has }: Rules): Part {
  if (share === 'shared' || part.mine === none) return part;
  const page = pageAt(part, part.mine);
  if (page.owner !== 'process' || isZero(page)) return { ...part, childs: part.mine };
  const copies =
    part.shape.backing === 'hugetlb' ? has.forkCopiesPinnedHugetlb : has.forkCopiesPinned;
  if (isPinned(page) && copies) {
    const { kind, owner, content } = page;
    const [grown, copy] = withPage(part, { kind, owner, content });
    return { ...grown, childs: copy };
  }
  return { ...changePage(part, part.mine, { cow: true }), childs: part.mine };
}

const isPinned = ({ pins, stuck }: Page): boolean => pins + stuck > 0;

/** What the child had is gone with it; what is the process's alone again it may write to. */
export function exit(area: Area, rules: Rules): Area {
  if (!area.forked) return area;
  return {
    ...area,
    forked: false,
    parts: area.parts.map((part) => {
      const left = { ...part, childs: none, inChild: false };
      return part.childs === none ? left : leftAlone(left, part.childs, rules);
    }),
  };
}
