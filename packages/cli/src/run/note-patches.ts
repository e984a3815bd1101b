import type { Context } from '@pinbench/host';
import { leftOutFiles } from '@pinbench/kernel';
import type { PatchInResult } from '@pinbench/model';
import type { Task } from './course.ts';
import { shortPath } from './request.ts';

/** Puts the patches into the result, and says what of them is not applied. */
export function notePatches(
  { progress }: Context,
  { known, patches }: Task,
  applied: readonly PatchInResult[],
): void {
  const leftOut = leftOutFiles(patches);
  if (leftOut.length > 0) progress.note(`not applied, no build reads it: ${leftOut.join(', ')}`);
  known.patches = applied.map((patch) => ({ ...patch, file: shortPath(patch.file) }));
}
