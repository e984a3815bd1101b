import type { Context } from '@pinbench/host';
import { hintsFor, pinningOfSource, readVariants } from '@pinbench/kernel';
import { pinningInSource, type CheckContext } from '@pinbench/model';
import type { Task } from './course.ts';

/** What the sources of before and after say: how before pins, and what after still lacks. */
export type Standing = { pinning: CheckContext['pinning']; hints: string[] };

/** From the text of one file, in no time: enough for a kernel whose prerequisites are known to be there. */
export const standingOfText = (vfioType1: string): Standing => ({
  pinning: { before: pinningOfSource(vfioType1), after: 'longterm' },
  hints: [],
});

/** From the functions that pin. What is not understood of before is judged by the one file. */
export async function readStanding(
  context: Context,
  { base, patches }: Task,
  vfioType1: string,
): Promise<Standing> {
  const { before, after } = await readVariants(context, base, patches);
  const { pinning } = standingOfText(vfioType1);
  return {
    pinning: { ...pinning, before: pinningInSource(before.type1) ?? pinning.before },
    hints: hintsFor(after.type1),
  };
}
