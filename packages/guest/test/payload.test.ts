import { mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BenchError, run } from '@pinbench/host';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writePayload } from '../src/payload.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pinbench-payload-'));
  file = path.join(folder, 'device');
  await writeFile(path.join(folder, 'built.ko'), 'a module');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const payload = (size: number) => ({
  plan: 'power-off\n',
  files: [
    { name: 'b.ko', path: path.join(folder, 'built.ko') },
    { name: 'a.ko', path: path.join(folder, 'built.ko') },
  ],
  size,
});

test('a payload is a ustar archive of the plan and the modules, as long as its device', async () => {
  await writePayload(file, payload(1 << 20));
  const { stdout } = await run('tar', ['-tf', file]);
  expect(stdout.split('\n')).toEqual(['modules/', 'modules/a.ko', 'modules/b.ko', 'plan']);
  const content = await run('tar', ['-xOf', file, 'plan', 'modules/a.ko']);
  expect(content.stdout).toBe('a modulepower-off');
  expect((await stat(file)).size).toBe(1 << 20);
});

test('its first block has the magic that the agent waits for', async () => {
  await writePayload(file, payload(1 << 20));
  const handle = await open(file);
  const { buffer } = await handle.read({ buffer: Buffer.alloc(8), position: 257 });
  await handle.close();
  expect(buffer.toString('latin1')).toBe('ustar\x0000');
});

test('the same payload is the same to the byte', async () => {
  const second = path.join(folder, 'second');
  await writePayload(file, payload(1 << 20));
  await writeFile(path.join(folder, 'built.ko'), 'a module');
  await writePayload(second, payload(1 << 20));
  expect((await readFile(file)).equals(await readFile(second))).toBe(true);
});

test('one that does not fit is refused, and leaves what was there', async () => {
  await writeFile(file, 'before');
  await expect(writePayload(file, payload(4096))).rejects.toThrow(BenchError);
  await expect(writePayload(file, payload(4096))).rejects.toThrow(/device has 4096/);
  expect(await readFile(file, 'utf8')).toBe('before');
  expect(await readdir(folder)).toEqual(['built.ko', 'device']);
});
