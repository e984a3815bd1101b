import { isFsdax, type Backing } from '../../backing.ts';
import { describeExpectation, expectWithHole, type Expectation } from '../../expect/index.ts';
import { operations as op, type Operation } from '../../plan.ts';
import type { AgentRecord } from '../../record.ts';
import type { Answers, Case, CaseLeg, Seen } from '../cases/index.ts';
import { expectIn, pinnerIn, sawOf, unanswered, wasAsked, wrongOutcome } from '../mapping.ts';
import { bufferParts, describeFailure, MiB, PAGE } from '../memory.ts';
import { PAGES, planMap, planUnmap } from './plan.ts';

/** A way for a map to end: what is mapped, what is done to it before, and how that ends. */
type Way = {
  name: string;
  backing: Backing;
  prot?: 'ro';
  spoil?: (leg: CaseLeg, buffer: string) => Operation[];
  mend?: Operation[];
  /** All but its first page is unmapped again. */
  hole?: true;
  /** Why GUP fails with EFAULT, where that is so with the patch and without, and of no memory by itself. */
  fault?: string;
};

const ways: readonly Way[] = [
  { name: 'a map that succeeds', backing: 'anon' },
  { name: 'fs-dax on ext4', backing: 'fsdax-ext4' },
  { name: 'fs-dax on xfs', backing: 'fsdax-xfs' },
  { name: 'fs-dax behind pinned pages', backing: 'half-fsdax' },
  { name: 'device-dax', backing: 'device-dax' },
  {
    name: 'a hole behind one page',
    backing: 'anon',
    spoil: (_leg, buffer) => [op.hole({ buffer, off: PAGE })],
    hole: true,
  },
  { name: 'read-only, for writing', backing: 'anon', prot: 'ro' },
  {
    name: 'kept away by userfaultfd',
    backing: 'anon',
    spoil: ({ id }, buffer) => [op.uffdRegister({ buffer }, id('spoil'))],
    mend: [op.uffdClose()],
    fault: 'a fault there is to fail by UFFD_FEATURE_SIGBUS (2d6d6f5a09a9)',
  },
  { name: "a device's own memory", backing: 'device-bar' },
];

const lengthOf = ({ backing }: Way): number => (backing === 'device-dax' ? 2 * MiB : PAGES * PAGE);

/** A pin whose map does not come back has the lock that VFIO waits for. */
export const stuck: Seen = {
  saw: 'lock kept',
  wrong: 'has VFIO_IOMMU_MAP_DMA wait for mmap_lock for good, which the pin took and kept',
};

/**
 * After each way for a map to end a second thread must get the lock for writing. One that is kept for reading lets
 * readers pass, and hangs the next mmap() of the process for good. A map that ends in another way than it is to has not
 * gone the way that is asked about.
 */
export const releaseCases: readonly Case[] = ways.map((way) => ({
  name: way.name,
  backings: [way.backing],
  expect: (leg) => {
    const expected = expectEnd(way, leg);
    return { said: `${describeExpectation(expected)}, lock free`, why: expected.why };
  },
  plan: (leg) => planWay(way, leg),
  judge: (answer, leg) => judgeWay(answer, expectEnd(way, leg)),
}));

function expectEnd({ backing, prot, hole, fault }: Way, leg: CaseLeg): Expectation {
  if (fault !== undefined) return { outcome: 'refused', errno: 'EFAULT', why: fault };
  if (hole) return expectWithHole(pinnerIn(leg));
  return expectIn(leg, backing, { ...(prot && { prot }) });
}

function judgeWay(answer: Answers, expected: Expectation): Seen {
  const [control, map, probe] = ['control', 'map', 'probe'].map(answer);
  if (control?.ok !== true) return unanswered(`the control gave ${describeFailure(control)}`);
  if (map?.['hung'] === true) return stuck;
  if (!wasAsked(map)) return unanswered(`could not be asked: ${describeFailure(map)}`);
  if (probe?.['hung'] === true) return leftHeld(map);
  if (probe?.ok !== true) return unanswered(`mmap() gave ${describeFailure(probe)}`);
  return {
    saw: `${sawOf(map)}, lock free`,
    wrong: wrongOutcome(expected, map),
  };
}

const leftHeld = (map: AgentRecord | undefined): Seen => ({
  saw: `${sawOf(map)}, lock kept`,
  wrong: `${map?.ok === true ? 'was mapped' : `gave ${describeFailure(map)}`}, and left mmap_lock held: the next mmap() of another thread hangs`,
});

function planWay(way: Way, leg: CaseLeg): Operation[] {
  const { backing, prot, spoil, mend = [] } = way;
  const buffer = leg.name('way');
  const touch = spoil === undefined ? {} : ({ touch: 'none' } as const);
  // A pin of DAX memory that the kernel keeps would make an unlink print a WARNING.
  const keeps = isFsdax(backing) && expectEnd(way, leg).outcome === 'maps';
  return [
    op.buffer({
      ...{ name: buffer, parts: bufferParts(backing, lengthOf(way)) },
      ...(prot === undefined ? touch : { prot, touch: 'read' }),
    }),
    ...(spoil?.(leg, buffer) ?? []),
    op.mmapProbe({}, leg.id('control')),
    planMap(leg, buffer),
    op.mmapProbe({}, leg.id('probe')),
    planUnmap(leg, lengthOf(way)),
    ...mend,
    op.release({ name: buffer, file: keeps ? 'keep' : 'unlink' }),
  ];
}
