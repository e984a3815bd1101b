import type { LayoutChange, Result } from './operation.ts';
import type { AreaStep } from './container.ts';
import { giveBack } from './container.ts';
import { changePage, pageAt } from './pages.ts';
import { beforeEra, eras, sinceEra, type EraName } from './eras.ts';
import type { Rules } from './rules.ts';
import { isDaxFile } from './shapes.ts';
import { none, type Area, type Part } from './state.ts';

const done: Result = { outcome: 'done' };

const isInUse = (part: Part): boolean => {
  const index = part.file?.page ?? none;
  if (index === none || !isDaxFile(part.shape)) return false;
  const { pins, stuck } = pageAt(part, index);
  return pins + stuck > 0;
};

/** Takes blocks from the file behind a part, or waits for whoever uses them. Undefined where there is no such file. */
export function changeFile(
  area: Area,
  index: number,
  change: LayoutChange,
  rules: Rules,
): AreaStep | undefined {
  const part = area.parts[index];
  if (!part?.file?.linked || part.file.cut) return undefined;
  // The last link goes with the last mapping: before that an unlink takes no block.
  if (change === 'unlink' && (area.mapped || area.forked)) return undefined;
  if (!isInUse(part)) return taken(area, index, change, done);
  if (rules.design.pinning === 'lease') return breakLease(area, index, change, rules);
  const [until, era] = waitOf(part, change);
  if (rules.has[era] && !isMapped(part) && !rules.has.busyWhereUnmapped) {
    const why = beforeEra(eras.busyWhereUnmapped);
    return taken(area, index, change, { outcome: 'done', why });
  }
  const why = sinceEra(eras[era]);
  return rules.has[era]
    ? { area, result: { outcome: 'waits', until, why } }
    : taken(area, index, change, { outcome: 'done', why: beforeEra(eras[era]) });
}

const isMapped = ({ present, inChild }: Part): boolean => present || inChild;

/** Which wait it would be, and since when there is one. A pin holds the page and not the inode. */
function waitOf({ shape }: Part, change: LayoutChange): [until: 'signal' | 'never', EraName] {
  if (change === 'unlink') return ['never', 'evictionWaits'];
  return ['signal', shape.backing === 'fsdax-xfs' ? 'xfsWaits' : 'ext4Waits'];
}

/** Whoever has the lease is told, and loses its mappings of the file when its time is up. */
function breakLease(area: Area, index: number, change: LayoutChange, rules: Rules): AreaStep {
  const lost = area.mappings.filter(({ first, count }) => first <= index && index < first + count);
  return taken(giveBack(area, lost, rules), index, change, {
    outcome: 'waits',
    until: 'lease',
    why: 'the owner of the lease is asked to give its mapping back, and loses it when its time is up',
  });
}

function taken(area: Area, index: number, change: LayoutChange, result: Result): AreaStep {
  const parts = area.parts.map((part, at) => (at === index ? takeFrom(part, change) : part));
  return { area: { ...area, parts }, result };
}

function takeFrom(part: Part, change: LayoutChange): Part {
  const { file } = part;
  if (!file) return part;
  const freed = file.page === none ? part : changePage(part, file.page, { owner: 'nobody' });
  // A truncate takes private copies with it, a hole punch does not (unmap_mapping_range(), even_cows).
  const isGone = (index: number): boolean => index === file.page || change === 'truncate';
  const isUnlink = change === 'unlink';
  return {
    ...freed,
    mine: isGone(part.mine) ? none : part.mine,
    childs: isGone(part.childs) ? none : part.childs,
    file: {
      linked: !isUnlink,
      cut: change === 'truncate' || isUnlink,
      page: none,
    },
  };
}

/** The block that the file has lost and that a device still reaches: the one that matters who has it next. */
const lostBlock = ({ pages }: Part): number =>
  pages.findIndex(({ kind, owner }) => kind === 'block' && owner === 'nobody');

/** Somebody else's file takes that block. Undefined where there is none. */
export function create(area: Area, index: number): AreaStep | undefined {
  const part = area.parts[index];
  const block = part === undefined ? none : lostBlock(part);
  if (!part || block === none) return undefined;
  const parts = area.parts.map((each, at) =>
    at === index ? changePage(part, block, { owner: 'other', content: 'other' }) : each,
  );
  return { area: { ...area, parts }, result: done };
}
