import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { claimFolder } from '../src/run/claim-folder.ts';

async function temporary(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'pinbench-claim-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

test('a folder is made with those above it, and one that is there is taken', async () => {
  const folder = path.join(await temporary(), 'a/b');
  await claimFolder(folder);
  await claimFolder(folder);
  expect((await stat(folder)).isDirectory()).toBe(true);
});

test('a file in its place is a wrong request', async () => {
  const file = path.join(await temporary(), 'file');
  await writeFile(file, '');
  await expect(claimFolder(file)).rejects.toThrow(`cannot write reports to ${file}`);
  await expect(claimFolder(path.join(file, 'x'))).rejects.toThrow('cannot write reports');
});

test('where nothing can be made it says so and does not hang', async () => {
  await expect(claimFolder('/proc/pinbench/out')).rejects.toThrow('cannot write reports');
});
