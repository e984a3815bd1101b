import type { Cache } from './cache.ts';

/** Where a run tells its user what it is doing. Implemented by the command line, silent in tests. */
export type Progress = {
  /** Runs one stage under a title. `say` replaces the stage's detail; `cached()` marks it as taken from the cache. */
  stage: <T>(title: string, work: (stage: Stage) => Promise<T>) => Promise<T>;
  /** One line the user should see whatever happens, such as why TCG was chosen. */
  note: (line: string) => void;
};

export type Stage = { say: (detail: string) => void; cached: () => void };

/** What every stage is handed: the cache, a scratch folder that goes with the run, the way to be stopped and to speak. */
export type Context = {
  cache: Cache;
  scratch: string;
  signal: AbortSignal;
  progress: Progress;
};

/** Says nothing. */
export const silentProgress: Progress = {
  stage: (_title, work) => work({ say: () => undefined, cached: () => undefined }),
  note: () => undefined,
};
