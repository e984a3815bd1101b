import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { BenchError } from './errors.ts';

/** Milliseconds: between two looks at a lock that another run holds, and until it is given up. */
const interval = 500;
const patience = 30 * 60_000;

/** proper-lockfile touches a lock every two seconds; one that nobody has touched for ten belongs to a dead run. */
const freshness = { update: 2_000, stale: 10_000 };

export type Lock = {
  /** What is locked, in the user's words. */
  name: string;
  /** The folder that stands for the lock. */
  place: string;
  /** Called once if another run holds it. */
  onWait?: (() => void) | undefined;
  /** Ends the waiting. */
  signal?: AbortSignal | undefined;
};

export type Held = {
  /** For a holder to ask before it does what cannot be undone. @throws BenchError when the lock is lost. */
  assert: () => void;
  release: () => Promise<void>;
};

/**
 * Takes a lock that stands between runs. A run that stood still for long, say in a suspended computer, loses its lock
 * to one that waits for it.
 * @throws BenchError when another run holds it for over half an hour. What the signal gives, when it is aborted.
 */
export async function takeLock(wanted: Lock): Promise<Held> {
  const { name, place, onWait, signal } = wanted;
  const began = performance.now();
  for (let waits = false; ; waits = true) {
    const held = await tryLock(wanted);
    if (held) return held;
    if (performance.now() - began > patience) {
      throw new BenchError(`another run holds ${name} in the cache`, {
        hint: `if no other run is alive, remove ${place}`,
      });
    }
    if (!waits) onWait?.();
    await sleep(interval, undefined, signal && { signal }).catch(() => undefined);
    signal?.throwIfAborted();
  }
}

/** Takes a lock if nobody holds it. */
export async function tryLock({
  name,
  place,
}: Pick<Lock, 'name' | 'place'>): Promise<Held | undefined> {
  const lost: { error?: Error } = {};
  const release = await acquire(place, (error) => {
    lost.error = error;
  });
  if (release === undefined) return undefined;
  return {
    assert: () => {
      if (lost.error === undefined) return;
      throw new BenchError(`lost ${name} in the cache to another run`, {
        hint: 'this run stood still for too long: start it again',
        cause: lost.error,
      });
    },
    release: async () => {
      if (lost.error === undefined) await release();
    },
  };
}

/** @returns what gives it back */
async function acquire(
  place: string,
  onCompromised: (error: Error) => void,
): Promise<(() => Promise<void>) | undefined> {
  try {
    return await lock(place, { realpath: false, lockfilePath: place, ...freshness, onCompromised });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOCKED') return undefined;
    throw error;
  }
}
