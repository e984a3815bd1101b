import type { Context } from '@pinbench/host';
import type { Base, PatchSet } from '@pinbench/kernel';
import type { Asked, Result, Strategy } from '@pinbench/model';
import type { Machines } from './machines.ts';
import type { RunRequest } from './request.ts';
import type { Building } from './run-job.ts';

/** What the result is to say as soon as it is known. */
export type Known = Pick<Result, 'base' | 'patches' | 'build' | 'machine'>;

/** What is to be run: everything that is known before a strategy is chosen. */
export type Task = {
  request: RunRequest;
  base: Base;
  patches: PatchSet;
  asked: Asked;
  known: Known & { base: NonNullable<Known['base']> };
};

/** What guests are lived with, whatever the strategy. What is built may still be on its way. */
export type Bench = { strategy: Strategy; machines: Machines; building: Promise<Building> };

/** What is done once there are machines, such as to live jobs in them. */
export type Use<T> = (context: Context, bench: Bench) => Promise<T>;

/** What came of it, and what it was done with, so that more can be done. */
export type StrategyRun<T> = Building & Pick<Bench, 'strategy' | 'machines'> & { used: T };
