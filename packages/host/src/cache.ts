import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { BenchError } from './errors.ts';
import { takeLock, tryLock } from './lock.ts';
import { isWhole, seal, unmake } from './manifest.ts';
import { spaceError } from './space-error.ts';

export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** SHA-256, as hex, of a value's JSON with its object keys in order. */
export function digest(value: Json): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

function canonical(value: Json): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Ends the waiting for another run; by default the cache's own signal does. */
export type Waiting = { signal?: AbortSignal };

/** `keep`: of its kind, only so many entries, those used last, outlive the making of this one. */
export type EntryOptions = Waiting & { keep?: number };

/**
 * A content-addressed store of folders. An entry appears whole or not at all: it is made beside its place and
 * renamed into it. At every use its files are held against the sizes they were made with, all of them up to two
 * hundred and else those at its top, and an entry that was cut off is made again.
 */
export class Cache {
  readonly root: string;
  readonly #onWait: ((line: string) => void) | undefined;
  readonly #signal: AbortSignal | undefined;
  /** The last piece of exclusive work of this process under each name. */
  readonly #own = new Map<string, Promise<unknown>>();

  constructor(root: string, onWait?: (line: string) => void, signal?: AbortSignal) {
    this.root = root;
    this.#onWait = onWait;
    this.#signal = signal;
  }

  /** Where an entry is or would be. */
  place(kind: string, key: Json): string {
    return path.join(this.root, kind, digest(key).slice(0, 24));
  }

  /** The entry's folder if it is there and whole. */
  async find(kind: string, key: Json): Promise<string | undefined> {
    const place = this.place(kind, key);
    return (await isWhole(place)) ? place : undefined;
  }

  /**
   * The folder for `key`, made by `make` in a fresh folder if it is not there yet. Two runs that want the same entry
   * make it once: the second waits.
   * @throws BenchError when the cache cannot be written to or another run holds the entry for over half an hour.
   */
  async entry(
    kind: string,
    key: Json,
    make: (folder: string) => Promise<void>,
    { keep, ...waiting }: EntryOptions = {},
  ): Promise<string> {
    const place = this.place(kind, key);
    const ready = async (): Promise<boolean> =>
      (await isWhole(place)) && (keep === undefined || (await touch(place)));
    if (await ready()) return place;
    const name = `${kind}/${path.basename(place)}`;
    const work = async (assertHeld: () => void): Promise<string> => {
      if (await ready()) return place;
      await unmake(place);
      if (keep !== undefined) await this.#retire(kind, keep - 1);
      await this.#make(place, key, make, assertHeld);
      return place;
    };
    return this.exclusively(name, work, waiting);
  }

  async #make(
    place: string,
    key: Json,
    make: (folder: string) => Promise<void>,
    assertHeld: () => void,
  ): Promise<void> {
    const making = `${place}.making`;
    await rm(making, { recursive: true, force: true });
    try {
      await mkdir(making, { recursive: true });
      await make(making);
      await seal(making, key);
      assertHeld();
      await rename(making, place);
    } catch (error) {
      // The folder of a run that lost its lock is by now that of the run which took it.
      assertHeld();
      await rm(making, { recursive: true, force: true });
      throw spaceError(error, this.root);
    }
  }

  /** Drops an entry that turned out to be unusable. */
  async drop(kind: string, key: Json): Promise<void> {
    await unmake(this.place(kind, key));
  }

  /** Drops all but the `keep` entries of a kind that were made or used last. Another run may do the same. */
  async #retire(kind: string, keep: number): Promise<void> {
    const root = path.join(this.root, kind);
    const names = (await readdir(root)).filter((name) => /^[0-9a-f]+$/.test(name));
    const entries = await Promise.all(
      names.map(async (name) => {
        const seen = await stat(path.join(root, name)).catch(() => undefined);
        return { name, usedAt: seen?.mtimeMs ?? 0 };
      }),
    );
    const old = entries.sort((a, b) => b.usedAt - a.usedAt).slice(keep);
    await Promise.all(old.map(({ name }) => unmake(path.join(root, name))));
  }

  /** Runs `work` while nobody else, in this process or in another run on this cache, runs the same-named one. */
  exclusively<T>(
    name: string,
    work: (assertHeld: () => void) => Promise<T>,
    waiting: Waiting = {},
  ): Promise<T> {
    const before = this.#own.get(name) ?? Promise.resolve();
    const mine = before.then(() => this.#locked(name, work, waiting));
    this.#own.set(
      name,
      mine.catch(() => undefined),
    );
    return mine;
  }

  /** Runs `work` as `exclusively` does, but only where nobody has to be waited for. */
  async ifFree(name: string, work: () => Promise<void>): Promise<void> {
    const place = `${path.join(this.root, name)}.lock`;
    const held = await tryLock({ name, place });
    if (held === undefined) return;
    try {
      await work();
    } finally {
      await held.release();
    }
  }

  async #locked<T>(
    name: string,
    work: (assertHeld: () => void) => Promise<T>,
    { signal = this.#signal }: Waiting,
  ): Promise<T> {
    const target = path.join(this.root, name);
    await this.#prepare(path.dirname(target));
    const onWait = (): void => this.#onWait?.(`another run is making ${name}; waiting for it`);
    const taking = takeLock({ name, place: `${target}.lock`, onWait, signal });
    const held = await taking.catch((error: unknown) => {
      throw spaceError(error, this.root);
    });
    try {
      const result = await work(held.assert);
      held.assert();
      return result;
    } finally {
      await held.release();
    }
  }

  async #prepare(folder: string): Promise<void> {
    try {
      await mkdir(folder, { recursive: true });
    } catch (error) {
      throw new BenchError(`cannot write to the cache at ${this.root}`, {
        hint: 'set PINBENCH_CACHE to a folder you can write to',
        cause: error,
      });
    }
  }
}

/** Marks an entry as just used; false when another run has just retired it. */
const touch = (folder: string): Promise<boolean> => {
  const now = new Date();
  return utimes(folder, now, now).then(
    () => true,
    () => false,
  );
};
