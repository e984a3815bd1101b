import type { Assumption } from '../result.ts';

/** Marks assumptions that held without the patch: where one does not, only the patch can have broken it. */
export const laidAtPatch = (patched: boolean, assumptions: readonly Assumption[]): Assumption[] =>
  assumptions.map((assumption) => (patched ? { ...assumption, patched } : assumption));
