import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { doctor } from '../../src/doctor/index.ts';
import { inspectHost } from '../../src/doctor/inspect-host.ts';
import { findLeftovers } from '../../src/doctor/leftovers.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'doctor-test-'));
  vi.stubEnv('PINBENCH_CACHE', path.join(folder, 'cache'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

/** What `doctor` printed, and its exit code. */
async function printed(options: Parameters<typeof doctor>[0]): Promise<[number, string]> {
  let output = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    output += String(chunk);
    return true;
  });
  const code = await doctor(options);
  vi.restoreAllMocks();
  return [code, output];
}

describe('looking at the host', () => {
  test('finds the tools of the table with their versions', async () => {
    const { tools } = await inspectHost({});
    expect(tools.find(({ name }) => name === 'tar')).toMatchObject({
      place: expect.stringMatching(/^\/.*\/tar$/) as string,
      printed: expect.stringMatching(/tar/) as string,
    });
  });

  test('finds nothing on an empty PATH', async () => {
    vi.stubEnv('PATH', folder);
    const { tools, apt } = await inspectHost({});
    expect(tools.filter((tool) => tool.files === undefined && tool.place !== undefined)).toEqual(
      [],
    );
    expect(apt.mirrors).toEqual([]);
  });

  test('takes mirror and keyring from the settings when there are any', async () => {
    vi.stubEnv('PINBENCH_MIRROR', 'https://mirror.example/debian');
    vi.stubEnv('PINBENCH_KEYRING', path.join(folder, 'none.gpg'));
    expect((await inspectHost({})).apt).toEqual({
      mirrors: ['https://mirror.example/debian'],
      keyrings: [],
    });
  });

  test('measures the cache, and sees when it cannot be written to', async () => {
    await mkdir(path.join(folder, 'cache'));
    await writeFile(path.join(folder, 'cache/big'), Buffer.alloc(3_000_000));
    const { cache } = await inspectHost({});
    expect(cache.writable).toBe(true);
    expect(cache.bytes).toBeGreaterThanOrEqual(3_000_000);
    vi.stubEnv('PINBENCH_CACHE', path.join(folder, 'cache/big/under-a-file'));
    expect((await inspectHost({})).cache.writable).toBe(false);
  });
});

describe('leftovers', () => {
  const old = new Date(Date.now() - 2 * 3_600_000);

  test('are half-made cache folders that nobody has touched for an hour', async () => {
    const making = path.join(folder, 'cache/build/abc.making');
    await mkdir(making, { recursive: true });
    await mkdir(path.join(folder, 'cache/build/def'));
    const found = async (): Promise<string[]> =>
      (await findLeftovers(path.join(folder, 'cache'))).folders.filter((each) =>
        each.startsWith(folder),
      );
    expect(await found()).toEqual([]);
    await utimes(making, old, old);
    expect(await found()).toEqual([making]);
  });

  test('are QEMU processes on files of ours whose parent is gone', async () => {
    const cache = path.join(folder, 'cache');
    const qemu = path.join(cache, 'qemu-system-test');
    await mkdir(cache);
    await symlink('/bin/sleep', qemu);
    const child = spawn(qemu, ['60'], { stdio: 'ignore' });
    // A shell that starts it and goes leaves it an orphan.
    const shell = spawn('/bin/sh', ['-c', '"$0" 60 > /dev/null & echo $!', qemu]);
    const orphan = Number(await text(shell.stdout));
    try {
      const found = async (): Promise<number[]> => (await findLeftovers(cache)).processes;
      await vi.waitUntil(async () => (await found()).includes(orphan));
      expect(await found()).not.toContain(child.pid);
      expect((await findLeftovers(path.join(folder, 'another'))).processes).not.toContain(orphan);
    } finally {
      process.kill(orphan);
      child.kill();
    }
  });
});

describe('doctor', () => {
  test('exits 2 when something needed is missing, and says so last', async () => {
    vi.stubEnv('PATH', folder);
    const [code, output] = await printed({});
    expect(code).toBe(2);
    expect(output.trimEnd().split('\n').at(-1)).toMatch(/^Runs will not work here: .*make/);
  });

  test('prints its items as JSON', async () => {
    const [code, output] = await printed({ json: true });
    const { items } = JSON.parse(output) as { items: { item: string; state: string }[] };
    expect(items.find(({ item }) => item === 'node')?.state).toBe('ok');
    expect(code).toBe(items.some(({ state }) => state === 'missing') ? 2 : 0);
  });
});
