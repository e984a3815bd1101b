import { Cache, cacheFolder, withScratch, type Context } from '@pinbench/host';
import { recordStages, type Watcher } from '../progress/index.ts';

export type Note = (line: string) => void;

export const noteTo =
  (watch: Watcher): Note =>
  (line) => {
    watch({ type: 'note', line });
  };

/** What is done beside the runs themselves, with a context of its own. */
export function aside<T>(
  signal: AbortSignal,
  watch: Watcher,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  const { progress } = recordStages(watch);
  return withScratch((scratch) =>
    work({
      cache: new Cache(cacheFolder(), progress.note, signal),
      ...{ scratch, signal, progress },
    }),
  );
}
