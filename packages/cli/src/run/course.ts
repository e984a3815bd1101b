import type { Base, PatchSet } from '@pinbench/kernel';
import type { Asked, MachineInResult, Result } from '@pinbench/model';
import type { RunRequest } from './request.ts';
import type { Building, JobRun } from './run-job.ts';

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

/** What came of it, whatever the strategy. */
export type StrategyRun = Building & { jobs: JobRun[]; machine: MachineInResult };
