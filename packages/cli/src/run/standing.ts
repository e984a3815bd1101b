import {
  hintsFor,
  pinningFile,
  pinningOfSource,
  readSourceStatus,
  variantReaders,
  type KernelSource,
  type Overlays,
} from '@pinbench/kernel';
import { pinningInSource, type CheckContext } from '@pinbench/model';

/** What the sources of before and after say: how before pins, and what after still lacks. */
export type Standing = { pinning: CheckContext['pinning']; hints: string[] };

/** From the text of one file, in no time: enough for a kernel whose prerequisites are known to be there. */
export const standingOfText = (vfioType1: string): Standing => ({
  pinning: { before: pinningOfSource(vfioType1), after: 'longterm' },
  hints: [],
});

/** From the functions that pin. What is not understood of before is judged by the one file. */
export async function readStanding(source: KernelSource, overlays: Overlays): Promise<Standing> {
  const read = variantReaders(source, overlays);
  const before = await readSourceStatus(read.before);
  const after = await readSourceStatus(read.after);
  const { pinning } = standingOfText((await read.before(pinningFile)) ?? '');
  return {
    pinning: { ...pinning, before: pinningInSource(before.type1) ?? pinning.before },
    hints: hintsFor(after.type1),
  };
}
