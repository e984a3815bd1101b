import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { lock } from 'proper-lockfile';
import { BenchError } from './errors.ts';

export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

const manifestName = '.pinbench-entry.json';
type Manifest = { key: Json; files: Record<string, number> };

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

/**
 * A content-addressed store of folders. An entry appears whole or not at all: it is made beside its place and
 * renamed into it. Files at the top of an entry are held against the sizes they were made with at every use, and an
 * entry that was cut off is made again. Makers therefore put what is dear at the top.
 */
export class Cache {
  readonly root: string;
  readonly #onWait: ((line: string) => void) | undefined;
  /** The last piece of exclusive work of this process under each name. */
  readonly #own = new Map<string, Promise<unknown>>();

  constructor(root: string, onWait?: (line: string) => void) {
    this.root = root;
    this.#onWait = onWait;
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
  async entry(kind: string, key: Json, make: (folder: string) => Promise<void>): Promise<string> {
    const place = this.place(kind, key);
    if (await isWhole(place)) return place;
    return this.exclusively(`${kind}/${path.basename(place)}`, async () => {
      if (await isWhole(place)) return place;
      await rm(place, { recursive: true, force: true });
      const making = `${place}.making`;
      await rm(making, { recursive: true, force: true });
      try {
        await mkdir(making, { recursive: true });
        await make(making);
        await writeManifest(making, key);
        await rename(making, place);
      } catch (error) {
        await rm(making, { recursive: true, force: true });
        throw spaceError(error, this.root);
      }
      return place;
    });
  }

  /** Drops an entry that turned out to be unusable. */
  async drop(kind: string, key: Json): Promise<void> {
    await rm(this.place(kind, key), { recursive: true, force: true });
  }

  /** Marks an entry as just used, for `retire`. */
  async touch(folder: string): Promise<void> {
    const now = new Date();
    await utimes(folder, now, now);
  }

  /** Drops all but the `keep` most recently made or touched entries of a kind whose entries are large. */
  async retire(kind: string, keep: number): Promise<void> {
    const root = path.join(this.root, kind);
    const names = (await readdir(root)).filter((name) => /^[0-9a-f]+$/.test(name));
    const entries = await Promise.all(
      names.map(async (name) => ({ name, usedAt: (await stat(path.join(root, name))).mtimeMs })),
    );
    const old = entries.sort((a, b) => b.usedAt - a.usedAt).slice(keep);
    await Promise.all(
      old.map(({ name }) => rm(path.join(root, name), { recursive: true, force: true })),
    );
  }

  /** Runs `work` while nobody else, in this process or in another run on this cache, runs the same-named one. */
  exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.#own.get(name) ?? Promise.resolve()).then(() => this.#locked(name, work));
    this.#own.set(
      name,
      mine.catch(() => undefined),
    );
    return mine;
  }

  async #locked<T>(name: string, work: () => Promise<T>): Promise<T> {
    const target = path.join(this.root, name);
    await this.#prepare(path.dirname(target));
    const release = await this.#acquire(target, name);
    try {
      return await work();
    } finally {
      await release();
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

  async #acquire(target: string, name: string): Promise<() => Promise<void>> {
    const options = {
      realpath: false,
      lockfilePath: `${target}.lock`,
      stale: 10_000,
      update: 2_000,
    };
    try {
      return await lock(target, options);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw spaceError(error, this.root);
    }
    this.#onWait?.(`another run is making ${name}; waiting for it`);
    try {
      return await lock(target, {
        ...options,
        retries: { forever: false, retries: 3600, factor: 1, minTimeout: 500, maxTimeout: 500 },
      });
    } catch (error) {
      throw new BenchError(`another run holds ${name} in the cache`, {
        hint: `if no other run is alive, remove ${target}.lock`,
        cause: error,
      });
    }
  }
}

async function isWhole(place: string): Promise<boolean> {
  try {
    const manifest = JSON.parse(await readFile(path.join(place, manifestName), 'utf8')) as Manifest;
    const sizes = await topFiles(place);
    return Object.entries(manifest.files).every(([name, size]) => sizes[name] === size);
  } catch {
    return false;
  }
}

async function topFiles(folder: string): Promise<Record<string, number>> {
  const files = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async ({ name }) => [name, (await stat(path.join(folder, name))).size] as const),
  );
  return Object.fromEntries(sizes.filter(([name]) => name !== manifestName));
}

async function writeManifest(folder: string, key: Json): Promise<void> {
  const manifest: Manifest = { key, files: await topFiles(folder) };
  await writeFile(path.join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
}

function spaceError(error: unknown, root: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== 'ENOSPC' && code !== 'EDQUOT' && code !== 'EROFS' && code !== 'EACCES') return error;
  return new BenchError(
    code === 'ENOSPC' || code === 'EDQUOT'
      ? `no space left for the cache at ${root}`
      : `cannot write to the cache at ${root}`,
    {
      hint: 'make room (a full cache is about 3 GB) or set PINBENCH_CACHE to another folder',
      cause: error,
    },
  );
}
