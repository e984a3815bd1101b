import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { standardMachine } from '../src/machine.ts';
import { exchangePayload, layPayload, payloadSize } from '../src/payload.ts';

const size = payloadSize(standardMachine);

let folder: string;
let payload: string;
let device: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pinbench-test-'));
  [payload, device] = [path.join(folder, 'payload'), path.join(folder, 'device')];
  await writeFile(payload, 'archive');
  await truncate(payload, size);
});
afterEach(() => rm(folder, { recursive: true }));

test('a laid payload is as large as its device', async () => {
  await layPayload(standardMachine, payload, device);
  expect((await stat(device)).size).toBe(size);
  expect((await readFile(device)).toString('latin1', 0, 8)).toBe('archive\0');
});

test('an exchanged payload leaves the device its size and its file', async () => {
  await writeFile(device, '');
  await truncate(device, size);
  const { ino } = await stat(device);
  await exchangePayload(standardMachine, payload, device);
  expect(await stat(device)).toMatchObject({ size, ino });
  expect((await readFile(device)).toString('latin1', 0, 8)).toBe('archive\0');
});

test.each([-1, 1])('one that is not as large as its device is refused (%i)', async (difference) => {
  await truncate(payload, size + difference);
  await expect(layPayload(standardMachine, payload, device)).rejects.toThrow(
    `the payload has ${size + difference} bytes, its device ${size}`,
  );
});
