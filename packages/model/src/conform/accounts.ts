import { entriesOf, lockedOf, pinnedIn, type Rules, type World } from '../world/index.ts';

/** What a kernel's counters are to say of a world, but for what the bounce buffer has. */
export type Accounts = {
  /** Pages in VmLck. */
  readonly locked: number;
  /** FOLL_PIN references of /proc/vmstat. */
  readonly pinned: number;
  /** Mappings that the container has; undefined where none is open. */
  readonly entries?: number;
};

/** The accounts of a world, by the model. */
export const accountsOf = (world: World, rules: Rules): Accounts => ({
  locked: lockedOf(world, rules),
  pinned: pinnedIn(world, rules),
  ...(world.open && { entries: entriesOf(world) }),
});
