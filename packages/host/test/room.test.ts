import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { assertRoom, BenchError } from '../src/index.ts';

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'pinbench-room-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

test('a folder with room is made and left at that', async () => {
  await expect(assertRoom(path.join(await folder(), 'cache'), 1)).resolves.toBeUndefined();
});

test('too little room is said with both figures', async () => {
  const asking = assertRoom(await folder(), 2 ** 60);
  await expect(asking).rejects.toBeInstanceOf(BenchError);
  await expect(asking).rejects.toThrow(
    /no space left for the cache at .*: \d+ MiB free, \d+ MiB needed/,
  );
});

test('a folder that cannot be made is said', async () => {
  const file = path.join(await folder(), 'file');
  await writeFile(file, '');
  await expect(assertRoom(path.join(file, 'cache'), 1)).rejects.toThrow(
    'cannot write to the cache',
  );
});
