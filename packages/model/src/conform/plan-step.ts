import { PAGE } from '../checks/memory.ts';
import { iova, operations as op, type Operation } from '../plan.ts';
import { rangePages, type Part, type World, type WorldOperation } from '../world/index.ts';
import { mappingAt } from '../world/container.ts';
import { pageAt } from '../world/pages.ts';
import { none } from '../world/state.ts';
import { allSeeds, bounce, PIECE, seedOf, seeds, windowAt } from './layout.ts';
import { answerId, areaAt, offsetOf, type Asked, type SequenceNames } from './names.ts';
import type { Walked } from './walk.ts';

type OnPart = { readonly area: number; readonly part: number };

type Op<Name extends WorldOperation['op']> = Extract<WorldOperation, { op: Name }>;
/** A transfer of the device. */
type Transfer = Extract<WorldOperation, { op: 'dma-read' | 'dma-write' }>;

/** A sequence as far as it is planned. */
export type Planning = SequenceNames & {
  readonly device: string;
  /** The buffer that a slot has, or had last. */
  readonly buffers: Map<number, string>;
  /** The file that took a block last, and from which part. */
  readonly claim: { last?: OnPart & { readonly file: string } };
};

type Told = Walked & {
  readonly next: Walked | undefined;
  readonly id: (what?: Asked) => string;
};

/** The operations of the agent that ask one of a sequence. */
export function planStep(
  walked: Walked,
  next: Walked | undefined,
  planning: Planning,
): Operation[] {
  const { index, operation } = walked;
  const told = { ...walked, next, id: (what?: Asked) => planning.id(answerId(index, what)) };
  const counters = op.counters(told.id('counters'));
  switch (operation.op) {
    case 'mmap':
      return [planMmap(operation, told, planning)];
    case 'munmap':
      return [op.release({ name: bufferOf(operation, planning), file: 'keep' }, told.id())];
    case 'hole':
      return [op.hole(rangeOf(operation, told, planning), told.id())];
    case 'load':
    case 'store':
    case 'child-load':
    case 'child-store':
      return planAccess(operation, told, planning);
    case 'truncate':
    case 'punch':
    case 'unlink':
      return planChange(operation, told, planning);
    case 'create':
      return [planCreate(operation, told, planning)];
    case 'map':
      return [planMap(operation, told, planning), op.mmapProbe({}, told.id('probe')), counters];
    case 'unmap':
      return [planUnmap(operation, told), counters];
    case 'dma-read':
    case 'dma-write':
      return planTransfer(operation, told, planning);
    case 'open':
      return [
        ...planOpen(
          { open: told.id(), bounce: told.id('bounce'), probe: told.id('probe') },
          planning,
        ),
        counters,
      ];
    case 'close':
      return [op.vfioCloseKeeping(told.id()), counters];
    case 'fork':
      return [op.fork(told.id())];
    case 'exit':
      return [op.childExit(told.id())];
  }
}

/**
 * Opens the device, and maps the memory that its transfers go through. A kernel that keeps the lock at the first map that
 * there is would hang at the next.
 */
export const planOpen = (
  ids: { readonly open: string; readonly bounce: string; readonly probe: string },
  { device, name }: Pick<Planning, 'device' | 'name'>,
): Operation[] => [
  op.vfioOpen({ device }, ids.open),
  op.mapWatched({ iova: iova(bounce.iova.source), buffer: name('bounce') }, ids.bounce),
  op.mmapProbe({}, ids.probe),
];

/** The buffer of a slot. */
export function bufferOf(
  { area }: { readonly area: number },
  { buffers }: Pick<Planning, 'buffers'>,
): string {
  const buffer = buffers.get(area);
  if (buffer === undefined) throw new RangeError(`nothing was mapped in slot ${area}`);
  return buffer;
}

function planMmap(
  { area, shape: { parts, share, prot, touch } }: Op<'mmap'>,
  { index, id }: Told,
  { name, buffers }: Planning,
): Operation {
  const buffer = name(String(index));
  buffers.set(area, buffer);
  const sizes = parts.map(({ backing, pages }) => `${backing}:${pages * PAGE}`).join(',');
  return op.buffer({ name: buffer, parts: sizes, share, prot, touch, describe: 'none' }, id());
}

function partOf({ area, part }: OnPart, world: World): Part {
  const found = areaAt(world, area).parts[part];
  if (found === undefined) throw new RangeError(`area ${area} has no part ${part}`);
  return found;
}

function rangeOf(
  operation: OnPart,
  { before }: Pick<Told, 'before'>,
  planning: Planning,
): { buffer: string; off: number; len: number } {
  return {
    buffer: bufferOf(operation, planning),
    off: offsetOf(areaAt(before, operation.area), operation.part),
    len: partOf(operation, before).shape.pages * PAGE,
  };
}

/** The bytes are those of a part's first page; the process does to the others what it does to that. */
function planAccess(
  operation: Op<'load' | 'store' | 'child-load' | 'child-store'>,
  told: Told,
  planning: Planning,
): Operation[] {
  const whole = rangeOf(operation, told, planning);
  const piece = { ...whole, len: PIECE };
  const seed = seedWritten(operation, told);
  const touch = (how: 'read' | 'write'): Operation[] =>
    whole.len > PAGE ? [op.touch({ ...whole, how }, told.id('touch'))] : [];
  switch (operation.op) {
    case 'load':
      return [...touch('read'), op.which({ ...piece, seeds: allSeeds }, told.id())];
    case 'store':
      return [...touch('write'), op.fill({ ...piece, seed }, told.id())];
    case 'child-load':
      return [op.childWhich({ ...piece, seeds: allSeeds }, told.id())];
    case 'child-store':
      return [op.childFill({ ...piece, seed }, told.id())];
  }
}

/** What a store leaves behind; where it leaves nothing, it does not matter. */
function seedWritten(operation: OnPart & { op: string }, { after }: Told): number {
  const part = partOf(operation, after);
  const index = operation.op.startsWith('child') ? part.childs : part.mine;
  const seed = index === none ? seeds.first : seedOf(pageAt(part, index).content);
  return seed === 'zero' ? seeds.first : seed;
}

const folders: Readonly<Record<string, string>> = {
  'fsdax-ext4': '/mnt/ext4-dax',
  'fsdax-xfs': '/mnt/xfs-dax',
  'page-cache': '/mnt/ext4',
};

function folderOf(operation: OnPart, world: World): string {
  const { backing } = partOf(operation, world).shape;
  const folder = folders[backing];
  if (folder === undefined) throw new RangeError(`no file is behind ${backing}`);
  return folder;
}

/** The file behind a part, as the agent names it. */
export const fileOf = (
  operation: OnPart,
  world: World,
  planning: Pick<Planning, 'buffers'>,
): string =>
  `${folderOf(operation, world)}/pinbench-${bufferOf(operation, planning)}-${operation.part}`;

/**
 * What waits is ended by a signal, whether or not it should have waited: the agent could not go on behind the lock of
 * the inode.
 */
function planChange(
  operation: Op<'truncate' | 'punch' | 'unlink'>,
  { before, next, id }: Told,
  planning: Planning,
): Operation[] {
  const file = fileOf(operation, before, planning);
  return [
    ...(next?.operation.op === 'create' ? planLook(file, folderOf(operation, before), id) : []),
    op.change({ file, do: operation.op }, id()),
    op.changeInterrupt(id('interrupt')),
  ];
}

/** What was freed before is to be free by now: it would lie nearer to whoever comes next. */
const planLook = (file: string, folder: string, id: Told['id']): Operation[] => [
  op.settle({ folder }),
  op.block({ file }, id('block')),
];

function planCreate(
  { area, part }: Op<'create'>,
  { before, id, index }: Told,
  { name, claim }: Planning,
): Operation {
  const file = `${folderOf({ area, part }, before)}/${name(`${index}-other`)}`;
  claim.last = { area, part, file };
  return op.claim({ file, seed: seeds.other }, id());
}

function planMap(
  { area, at, first, count, asked, limit }: Op<'map'>,
  { before, id }: Told,
  planning: Planning,
): Operation {
  const { parts } = areaAt(before, area).shape;
  return op.mapWatched(
    {
      iova: iova(windowAt(area, at)),
      buffer: bufferOf({ area }, planning),
      off: offsetOf(areaAt(before, area), first),
      len: rangePages(parts, { first, count }) * PAGE,
      prot: asked,
      // The bounce buffer counts against the limit as well.
      ...(limit !== undefined && { memlock: (limit + bounce.pages) * PAGE }),
    },
    id(),
  );
}

const planUnmap = ({ area, at, pages }: Op<'unmap'>, { id }: Told): Operation =>
  op.unmap({ iova: iova(windowAt(area, at)), len: pages * PAGE }, id());

/** What the device has read it writes to the bounce buffer; what it is to write it reads from there. */
function planTransfer(operation: Transfer, told: Told, { name, claim }: Planning): Operation[] {
  const { id } = told;
  const there = iova(windowAt(operation.area, operation.at));
  if (operation.op === 'dma-write') {
    const file = overwritten(operation, told, claim.last);
    return [
      op.dmaCopy({ from: iova(bounce.iova.source), to: there, len: PIECE }, id()),
      ...(file === undefined
        ? []
        : [op.claimed({ file, seed: seeds.other, other: seeds.device }, id('claimed'))]),
    ];
  }
  const target = { buffer: name('bounce'), off: bounce.off.target, len: PIECE };
  return [
    op.dmaCopy({ from: there, to: iova(bounce.iova.target), len: PIECE }, id('copy')),
    op.which({ ...target, seeds: allSeeds }, id()),
  ];
}

/** The other file that the device writes to, where the agent can still look there. */
function overwritten(
  { area: slot, at }: Transfer,
  { before, result }: Told,
  last: Planning['claim']['last'],
): string | undefined {
  if (result.outcome !== 'written' || result.reached !== 'other') return undefined;
  const part = mappingAt(areaAt(before, slot), at)?.part;
  return last?.area === slot && last.part === part ? last.file : undefined;
}
