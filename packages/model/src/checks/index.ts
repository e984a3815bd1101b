import { backings } from './backings/index.ts';
import type { Check } from './check.ts';
import { usualConformance } from './conformance/usual.ts';
import { locking } from './locking/index.ts';
import { mapUnmapTime } from './map-unmap-time.ts';
import { pinRefusal } from './pin-refusal/index.ts';
import { remoteMm } from './remote-mm/index.ts';
import { truncateHarm } from './truncate-harm/index.ts';
import { unwind } from './unwind/index.ts';

/** Every check, in the order of the report. A new one is added here and nowhere else. */
export const checks: readonly Check[] = [
  pinRefusal,
  backings,
  truncateHarm,
  remoteMm,
  unwind,
  locking,
  usualConformance,
  mapUnmapTime,
];
