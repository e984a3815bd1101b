import path from 'node:path';
import { formatPlan, formatSequence, type Guest, type Sequence } from '@pinbench/model';
import { writeFiles } from '@pinbench/report';

/** Where sequences that went wrong are kept in the folder of a run's reports. */
const FOLDER = 'conform';

/**
 * Keeps a sequence as a file that can be replayed, and beside it the plan of a guest that ran it alone.
 * @param comments what is to be known of it
 */
export async function keepSequence(
  out: string,
  name: string,
  sequence: Sequence,
  { comments, guest }: { comments: readonly string[]; guest?: Guest },
): Promise<string> {
  const folder = path.join(out, FOLDER);
  await writeFiles(folder, {
    [`${name}.sequence`]: formatSequence(sequence, comments),
    ...(guest && { [`${name}.plan`]: formatPlan(guest.plan) }),
  });
  return path.join(folder, `${name}.sequence`);
}
