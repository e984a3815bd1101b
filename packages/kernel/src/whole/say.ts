import type { Stage } from '@pinbench/host';

/** Where a build of minutes says what it is at. */
export type Say = Pick<Stage, 'say'>;
