import { BenchError, RequestError, type Context } from '@pinbench/host';
import { readStatus, resolveBase, type BaseOptions } from '@pinbench/kernel';
import type { StatusReport } from '@pinbench/model';

export type Unread = { base: string; error: RequestError | BenchError };

/** One base after the other, going on after one that cannot be read. */
export async function readBases(
  context: Context,
  bases: readonly string[],
  how: BaseOptions,
): Promise<{ reports: StatusReport[]; unread: Unread[] }> {
  const reports: StatusReport[] = [];
  const unread: Unread[] = [];
  for (const base of bases) {
    try {
      reports.push(
        await context.progress.stage(`status of ${base}`, async () =>
          readStatus(context, await resolveBase(context, base, how)),
        ),
      );
    } catch (error) {
      context.signal.throwIfAborted();
      if (!(error instanceof RequestError || error instanceof BenchError)) throw error;
      unread.push({ base, error });
    }
  }
  return { reports, unread };
}
