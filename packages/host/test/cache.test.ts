import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BenchError, Cache, digest } from '../src/index.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'pinbench-cache-test-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const key = { name: 'one' };
const program = path.join(import.meta.dirname, 'programs/make-entry.ts');
const makeEntry = (...args: string[]) => ['--import', 'tsx', program, ...args];

const makeFile = async (folder: string): Promise<void> => {
  await writeFile(path.join(folder, 'file'), 'content');
};
const neverMade = (): Promise<void> => Promise.reject(new Error('made twice'));

test('a key is the same whatever the order of its fields', () => {
  expect(digest({ a: 1, b: [2, { c: 3, d: 4 }] })).toBe(digest({ b: [2, { d: 4, c: 3 }], a: 1 }));
  expect(digest({ a: 1 })).not.toBe(digest({ a: 2 }));
});

test('an entry is made once', async () => {
  const cache = new Cache(root);
  const place = await cache.entry('things', key, makeFile);
  expect(await cache.entry('things', key, neverMade)).toBe(place);
  expect(await readFile(path.join(place, 'file'), 'utf8')).toBe('content');
});

test('an entry whose making fails is not there, and leaves nothing', async () => {
  const cache = new Cache(root);
  const half = async (folder: string): Promise<void> => {
    await makeFile(folder);
    throw new Error('in the middle');
  };
  await expect(cache.entry('things', key, half)).rejects.toThrow('in the middle');
  expect(await cache.find('things', key)).toBeUndefined();
  expect(await readdir(path.join(root, 'things'))).toEqual([]);
});

test('an entry that was cut off is made again', async () => {
  const cache = new Cache(root);
  const place = await cache.entry('things', key, makeFile);
  await truncate(path.join(place, 'file'), 3);
  expect(await cache.find('things', key)).toBeUndefined();
  await cache.entry('things', key, makeFile);
  expect(await readFile(path.join(place, 'file'), 'utf8')).toBe('content');
});

test('so is one that was cut off further down', async () => {
  const cache = new Cache(root);
  const nested = (folder: string): string => path.join(folder, 'deep/down/file');
  const makeNested = async (folder: string): Promise<void> => {
    await mkdir(path.join(folder, 'deep/down'), { recursive: true });
    await writeFile(nested(folder), 'content');
  };
  const place = await cache.entry('things', key, makeNested);
  expect(await cache.find('things', key)).toBe(place);
  await truncate(nested(place), 3);
  expect(await cache.find('things', key)).toBeUndefined();
});

test('of an entry of many files those at its top are looked at', async () => {
  const cache = new Cache(root);
  const place = await cache.entry('things', key, async (folder) => {
    await makeFile(folder);
    await mkdir(path.join(folder, 'many'));
    for (let each = 0; each < 200; each++)
      await writeFile(path.join(folder, 'many', String(each)), '');
  });
  await rm(path.join(place, 'many'), { recursive: true });
  expect(await cache.find('things', key)).toBe(place);
  await rm(path.join(place, 'file'));
  expect(await cache.find('things', key)).toBeUndefined();
});

test('one run that wants an entry twice makes it once, and waits for nobody', async () => {
  const waits: string[] = [];
  const cache = new Cache(root, (line) => waits.push(line));
  let made = 0;
  const slowly = async (folder: string): Promise<void> => {
    made++;
    await sleep(100);
    await makeFile(folder);
  };
  await Promise.all([1, 2, 3].map(() => cache.entry('things', key, slowly)));
  expect(made).toBe(1);
  expect(waits).toEqual([]);
});

test('of a kind that is kept in numbers, those used last stay', async () => {
  const cache = new Cache(root);
  const make = async (name: string): Promise<string> => {
    await sleep(20);
    return cache.entry('things', { name }, makeFile, { keep: 2 });
  };
  const first = await make('a');
  await make('b');
  await make('a');
  // One that another run removes between being listed and being looked at.
  await symlink('/nowhere', path.join(root, 'things/abc'));
  const last = await make('c');
  expect(await cache.find('things', { name: 'a' })).toBe(first);
  expect(await cache.find('things', { name: 'b' })).toBeUndefined();
  expect(await cache.find('things', { name: 'c' })).toBe(last);
});

test('nobody waits for another run after an abort', async () => {
  const waits: string[] = [];
  const stop = new AbortController();
  const cache = new Cache(root, (line) => waits.push(line), stop.signal);
  await mkdir(`${cache.place('things', key)}.lock`, { recursive: true });
  const making = cache.entry('things', key, neverMade);
  setTimeout(() => {
    stop.abort(new Error('stopped by the user'));
  }, 100);
  const began = performance.now();
  await expect(making).rejects.toThrow('stopped by the user');
  expect(performance.now() - began).toBeLessThan(400);
  expect(waits).toEqual([expect.stringContaining('another run is making things/') as string]);
});

test('an entry whose lock was lost is not put in its place', async () => {
  const cache = new Cache(root);
  const slowly = async (folder: string): Promise<void> => {
    await makeFile(folder);
    await rm(`${cache.place('things', key)}.lock`, { recursive: true });
    await sleep(2500);
  };
  const making = cache.entry('things', key, slowly);
  await expect(making).rejects.toBeInstanceOf(BenchError);
  await expect(making).rejects.toThrow(/^lost things\/\w+ in the cache to another run$/);
  expect(await cache.find('things', key)).toBeUndefined();
});

test('two runs at once make an entry once', async () => {
  const log = path.join(root, 'log');
  const both = await Promise.all([1, 2].map(() => execa('node', makeEntry(root, log))));
  expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(await readFile(log, 'utf8')).toBe('made\n');
});

test('a run that was killed while it made an entry does not stop the next for good', async () => {
  const log = path.join(root, 'log');
  const first = execa('node', makeEntry(root, log), { reject: false });
  while (!(await readFile(log, 'utf8').catch(() => '')).includes('made')) await sleep(20);
  first.kill('SIGKILL');
  await first;
  const second = await execa('node', makeEntry(root, log), { timeout: 40_000 });
  expect(second.exitCode).toBe(0);
}, 60_000);

test('a full disk is said in one line', async () => {
  // A file system of 64 KiB in a mount namespace of its own, gone with the process.
  const script = `mount -t tmpfs -o size=64k none "$1" && shift && exec "$@"`;
  const command = ['unshare', '--map-root-user', '--mount', 'sh', '-c', script, 'sh', root];
  const [file = '', ...args] = [
    ...command,
    'node',
    ...makeEntry(path.join(root, 'cache'), path.join(root, 'log'), '1000000'),
  ];
  const full = await execa(file, args, { reject: false });
  expect(full.stderr).toContain('BenchError: no space left for the cache');
  expect(full.exitCode).toBe(2);
});

test('a cache that cannot be written to is said in one line', async () => {
  await writeFile(path.join(root, 'file'), '');
  const cache = new Cache(path.join(root, 'file', 'cache'));
  await expect(cache.entry('things', key, makeFile)).rejects.toThrow(
    'cannot write to the cache at ',
  );
});
