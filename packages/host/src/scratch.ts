import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Runs `work` with a temporary folder that is gone afterwards, however it ends. */
export async function withScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pinbench-'));
  const removeNow = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', removeNow);
  try {
    return await work(folder);
  } finally {
    process.removeListener('exit', removeNow);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
