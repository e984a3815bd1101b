import { entriesOf, lockedOf, pinnedIn, type Rules, type World } from '../world/index.ts';
import { bounce } from './layout.ts';

/** What a kernel's counters are to say of a world, beyond what they said of the empty one with its container open. */
export type Accounts = {
  /** Pages in VmLck. */
  readonly locked: number;
  /** FOLL_PIN references of /proc/vmstat. */
  readonly pinned: number;
  /** Mappings that the container has; undefined where none is open. */
  readonly entries?: number;
};

/** The accounts of a world, by the model. */
export const accountsOf = (world: World, rules: Rules): Accounts => {
  const closed = world.open ? 0 : bounce.pages;
  return {
    locked: lockedOf(world, rules) - closed,
    pinned: pinnedIn(world, rules) - closed,
    ...(world.open && { entries: entriesOf(world) }),
  };
};
