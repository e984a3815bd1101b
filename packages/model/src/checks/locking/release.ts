import type { Backing } from '../../backing.ts';
import { operations as op, type Operation } from '../../plan.ts';
import type { Case, CaseLeg, Seen } from '../cases/index.ts';
import { describeFailure, PAGE } from '../memory.ts';
import { PAGES, planMap, planUnmap } from './plan.ts';

/** A way for a map to end: what is mapped, and what is done to it before. */
type Way = {
  name: string;
  backing: Backing;
  prot?: 'ro';
  spoil?: (leg: CaseLeg, buffer: string) => Operation[];
  mend?: Operation[];
};

const ways: readonly Way[] = [
  { name: 'a map that succeeds', backing: 'anon' },
  { name: 'fs-dax memory', backing: 'fsdax-ext4' },
  {
    name: 'a hole behind one page',
    backing: 'anon',
    spoil: (_leg, buffer) => [op.hole({ buffer, off: PAGE })],
  },
  { name: 'read-only memory, for writing', backing: 'anon', prot: 'ro' },
  {
    name: 'memory that userfaultfd keeps away',
    backing: 'anon',
    spoil: ({ id }, buffer) => [op.uffdRegister({ buffer }, id('spoil'))],
    mend: [op.uffdClose()],
  },
  { name: "a device's own memory", backing: 'device-bar' },
];

/** A pin whose map does not come back has the lock that VFIO waits for. */
export const stuck: Seen = {
  saw: 'lock is kept',
  wrong:
    'VFIO_IOMMU_MAP_DMA does not come back: it waits for mmap_lock, which the pin took and kept',
};

/**
 * After each way for a map to end a second thread must get the lock for writing. One that is kept for reading lets
 * readers pass, and hangs the next mmap() of the process for good.
 */
export const releaseCases: readonly Case[] = ways.map((way) => ({
  name: way.name,
  backings: [way.backing],
  expect: () => ({
    said: 'lock is free',
    why: 'whoever takes mmap_lock for a pin releases it, however the pin ends',
  }),
  plan: (leg) => planWay(way, leg),
  judge: (answer) => {
    const [control, map, probe] = ['control', 'map', 'probe'].map(answer);
    if (map?.['hung'] === true) return stuck;
    if (control === undefined || map === undefined || probe === undefined) {
      return { saw: 'not known', unknown: 'could not be asked' };
    }
    if (!control.ok) {
      return { saw: 'not known', unknown: `the control gave ${describeFailure(control)}` };
    }
    const ended = map.ok ? 'was mapped' : `gave ${describeFailure(map)}`;
    if (probe['hung'] === true) {
      return {
        saw: 'lock is kept',
        wrong: `${ended}, and left mmap_lock held: the next mmap() of another thread hangs`,
      };
    }
    if (!probe.ok) return { saw: 'not known', unknown: `mmap() gave ${describeFailure(probe)}` };
    return { saw: 'lock is free' };
  },
}));

function planWay({ backing, prot, spoil, mend = [] }: Way, leg: CaseLeg): Operation[] {
  const buffer = leg.name('way');
  const touch = spoil === undefined ? {} : ({ touch: 'none' } as const);
  return [
    op.buffer({
      ...{ name: buffer, parts: `${backing}:${PAGES * PAGE}` },
      ...(prot === undefined ? touch : { prot, touch: 'read' }),
    }),
    ...(spoil?.(leg, buffer) ?? []),
    op.mmapProbe({}, leg.id('control')),
    ...planMap(leg, buffer),
    op.mmapProbe({}, leg.id('probe')),
    planUnmap(leg),
    ...mend,
    // A pin of DAX memory that the kernel keeps would make an unlink print a WARNING.
    op.release({ name: buffer, file: backing === 'fsdax-ext4' ? 'keep' : 'unlink' }),
  ];
}
