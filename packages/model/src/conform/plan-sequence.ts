import { PAGE } from '../checks/memory.ts';
import { operations as op, type Operation } from '../plan.ts';
import type { Area, World } from '../world/index.ts';
import { filesIn } from './guards.ts';
import { bounce, PIECE, seeds } from './layout.ts';
import { frameIds, releaseId, unlinkId, type SequenceNames } from './names.ts';
import { bufferOf, fileOf, planOpen, planStep, type Planning } from './plan-step.ts';
import type { Walk } from './walk.ts';

/**
 * What the guest is to do for a sequence, with no device open: open it, the operations, then everything taken back, so
 * that the next sequence begins as this one did.
 * @param device the address of the device
 */
export function planSequence(
  { steps, end, takenBack }: Walk,
  names: SequenceNames,
  device: string,
): Operation[] {
  const planning: Planning = { ...names, device, buffers: new Map(), claim: {} };
  const asked = steps.flatMap((step, position) => planStep(step, steps[position + 1], planning));
  return [...planStart(planning), ...asked, ...planEnd({ end, takenBack }, planning)];
}

function planStart(planning: Planning): Operation[] {
  const { id, name } = planning;
  const buffer = name('bounce');
  const parts = `anon:${bounce.pages * PAGE}`;
  return [
    op.buffer({ name: buffer, parts, share: 'shared', describe: 'none' }, id(frameIds.bounce)),
    op.fill({ buffer, off: bounce.off.source, len: PIECE, seed: seeds.device }),
    ...planOpen(
      { open: id(frameIds.open), bounce: id(frameIds.openBounce), probe: id(frameIds.openProbe) },
      planning,
    ),
    op.counters(id(frameIds.start)),
  ];
}

/** Files go as well, but for those with a page that a device has, or had and VFIO never gave back: an unlink could wait. */
function planEnd(
  { end, takenBack }: Pick<Walk, 'end' | 'takenBack'>,
  planning: Planning,
): Operation[] {
  const { id } = planning;
  const areas = takenBack.areas.flatMap((area, slot) =>
    area === undefined ? [] : [{ area, slot }],
  );
  return [
    ...(end.child ? [op.childExit(id(frameIds.childExit))] : []),
    ...(end.open ? [op.vfioCloseKeeping(id(frameIds.close))] : []),
    op.counters(id(frameIds.end)),
    ...areas.flatMap(({ area, slot }) => planRelease(area, slot, planning)),
    ...areas.flatMap(({ area, slot }) => planUnlinks(area, slot, takenBack, planning)),
    op.reset({ file: 'keep', driver: 'keep' }),
  ];
}

/** A device's own memory goes with its device, and all of its buffer. */
export const isReleased = (area: Area): boolean =>
  area.mapped && area.shape.parts.every(({ backing }) => backing !== 'device-bar');

function planRelease(area: Area, slot: number, planning: Planning): Operation[] {
  if (!isReleased(area)) return [];
  const name = bufferOf({ area: slot }, planning);
  const file = releasesFiles(area) ? 'unlink' : 'keep';
  return [op.release({ name, file }, planning.id(releaseId(slot)))];
}

/** All of its files can go with its memory. */
const releasesFiles = (area: Area): boolean =>
  isReleased(area) && filesIn(area).every((part) => filesThatGo(area).includes(part));

/** Parts whose files are unlinked by themselves. */
export const filesUnlinked = (area: Area): number[] =>
  releasesFiles(area) ? [] : filesThatGo(area);

/** Parts whose files can go: nothing of them is held once the container is closed. */
const filesThatGo = (area: Area): number[] =>
  filesIn(area).filter((index) => {
    const part = area.parts[index];
    return part?.file?.linked === true && part.pages.every(({ pins, stuck }) => pins + stuck === 0);
  });

const planUnlinks = (area: Area, slot: number, world: World, planning: Planning): Operation[] =>
  filesUnlinked(area).map((part) =>
    op.change(
      { file: fileOf({ area: slot, part }, world, planning), do: 'unlink' },
      planning.id(unlinkId(slot, part)),
    ),
  );
