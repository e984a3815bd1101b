import type { Backing } from '../backing.ts';
import { seesAfterForkBy } from '../expect/fork.ts';
import { isWholeFile, takeBlocks } from '../expect/layout-change.ts';
import { isAnonymous, partsOf, shapeOf, type MappedAs } from '../expect/memory.ts';
import { mapping } from '../expect/pins.ts';
import {
  keptIn,
  lockedOf,
  run,
  saySource,
  sources,
  type LayoutChange,
  type Protection,
  type Result,
  type Rules,
  type World,
} from '../world/index.ts';

/** Memory that is asked about, as a process has it. */
export type AskedMemory = Omit<MappedAs, 'asked'> & { readonly backing: Backing };

/** What the model says. */
export type Answer = {
  readonly said: string;
  /** The rule that it follows from, with its commit. */
  readonly why?: string;
};

/** A question that may be asked of memory under any rules. */
export type Question = {
  readonly name: string;
  /** Undefined where it cannot be asked. */
  readonly ask: (memory: AskedMemory, rules: Rules) => Answer | undefined;
};

/** Pages of what is asked about: each of the two parts of a mixed range has some. */
const PAGES = 4;

export const questions: readonly Question[] = [
  { name: 'map for reading and writing', ask: (memory, rules) => ofMap(memory, 'rw', rules) },
  { name: 'map for reading', ask: (memory, rules) => ofMap(memory, 'ro', rules) },
  { name: 'counted as locked', ask: ofLocked },
  { name: 'truncate of the file', ask: (memory, rules) => ofChange(memory, 'truncate', rules) },
  { name: 'hole punch', ask: (memory, rules) => ofChange(memory, 'punch', rules) },
  { name: 'unlink', ask: (memory, rules) => ofChange(memory, 'unlink', rules) },
  { name: 'fork, the child writes', ask: ofFork },
  { name: 'pins left after the unmap', ask: ofLeft },
];

/** The world in which all of it was asked to be mapped, and what came of that. */
function mapped(
  { backing, ...how }: AskedMemory,
  asked: Protection,
  rules: Rules,
): { result: Result | undefined; world: World } {
  const operations = mapping({ ...how, parts: partsOf(backing, PAGES), asked });
  const { results, world } = run(operations, rules);
  return { result: results.at(-1), world };
}

const maps = (memory: AskedMemory, rules: Rules): boolean =>
  mapped(memory, 'rw', rules).result?.outcome === 'maps';

function ofMap(memory: AskedMemory, asked: Protection, rules: Rules): Answer | undefined {
  const { result } = mapped(memory, asked, rules);
  if (result?.outcome === 'refused') return { said: `refused ${result.errno}`, why: result.why };
  if (result?.outcome !== 'maps') return undefined;
  return {
    said: result.unlocked ? 'mapped, faulted in without the lock' : 'mapped',
    why: result.why,
  };
}

function ofLocked(memory: AskedMemory, rules: Rules): Answer | undefined {
  if (!maps(memory, rules)) return undefined;
  return { said: share(lockedOf(mapped(memory, 'rw', rules).world, rules), 'page') };
}

function ofLeft(memory: AskedMemory, rules: Rules): Answer | undefined {
  if (!maps(memory, rules)) return undefined;
  const { backing, ...how } = memory;
  const operations = [
    ...mapping({ ...how, parts: partsOf(backing, PAGES) }),
    { op: 'unmap', area: 0, at: 0, pages: PAGES } as const,
    { op: 'munmap', area: 0 } as const,
  ];
  const kept = keptIn(run(operations, rules).world);
  return {
    said: share(kept, 'pin'),
    ...(kept > 0 && { why: saySource(sources.putsNoReserved) }),
  };
}

/** So many of the pages that were asked about. */
function share(count: number, what: string): string {
  if (count === 0) return `no ${what}`;
  return count === PAGES ? `every ${what}` : `${count} ${what}s of ${PAGES} pages`;
}

/** Of a file whose blocks the device has: of a private mapping it has copies. */
function ofChange(memory: AskedMemory, change: LayoutChange, rules: Rules): Answer | undefined {
  const { backing, share, prot } = memory;
  if (!isWholeFile(backing) || share === 'private' || prot === 'ro') return undefined;
  const { taken, reached, again } = takeBlocks(rules, backing, change);
  if (taken?.outcome === 'waits') {
    const until = { signal: ' until a signal comes', never: ', and no signal ends it' };
    const still = again?.outcome === 'waits' && taken.until === 'signal';
    return taken.until === 'lease'
      ? { said: 'waits until the owner of the lease gives it back or loses it', why: taken.why }
      : {
          said: `waits${until[taken.until]}${still ? ', after the unmap too' : ''}`,
          why: taken.why,
        };
  }
  const overwrites = reached?.outcome === 'written' && reached.reached === 'other';
  return {
    said: overwrites
      ? 'returns; the device writes into the file that gets the block'
      : 'returns; the device reaches nothing',
    ...(taken?.outcome === 'done' && taken.why !== undefined && { why: taken.why }),
  };
}

/** Of memory that a child gets as a copy. */
function ofFork(memory: AskedMemory, rules: Rules): Answer | undefined {
  const { backing, prot = 'rw' } = memory;
  if (!isAnonymous(backing) || prot === 'ro') return undefined;
  if (shapeOf(partsOf(backing, PAGES), memory).share === 'shared') return undefined;
  return seesAfterForkBy(rules, backing)
    ? { said: 'the device goes on seeing what the process writes' }
    : { said: 'the device no longer sees what the process writes' };
}
