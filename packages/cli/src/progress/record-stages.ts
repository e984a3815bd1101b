import type { Progress } from '@pinbench/host';
import type { Result } from '@pinbench/model';

/** A stage of a run as whoever watches sees it. */
export type StageEvent =
  | { type: 'start'; title: string }
  | { type: 'detail'; title: string; detail: string }
  | { type: 'done'; title: string; ms: number; cached: boolean; detail: string | undefined }
  | { type: 'failed' | 'stopped'; title: string; ms: number }
  | { type: 'note'; line: string };

export type Watcher = (event: StageEvent) => void;

/** Turns stages into events for a watcher, and keeps what each took for the result. */
export function recordStages(watch: Watcher): { progress: Progress; stages: Result['stages'] } {
  const stages: Result['stages'] = [];
  /** What made one stage fail stops those beside it, which are not at fault. */
  const reported = new Set<unknown>();
  const progress: Progress = {
    note: (line) => {
      watch({ type: 'note', line });
    },
    stage: async (title, work) => {
      const started = performance.now();
      const elapsed = (): number => Math.round(performance.now() - started);
      let cached = false;
      let detail: string | undefined;
      watch({ type: 'start', title });
      try {
        const value = await work({
          cached: () => {
            cached = true;
          },
          say: (line) => {
            detail = line;
            watch({ type: 'detail', title, detail: line });
          },
        });
        stages.push({ title, ms: elapsed(), cached });
        watch({ type: 'done', title, ms: elapsed(), cached, detail });
        return value;
      } catch (error) {
        watch({ type: reported.has(error) ? 'stopped' : 'failed', title, ms: elapsed() });
        reported.add(error);
        throw error;
      }
    },
  };
  return { progress, stages };
}
