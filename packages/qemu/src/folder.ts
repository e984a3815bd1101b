import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { MachineFiles } from './arguments.ts';

/** Runs `work` with a folder under `scratch` that is gone afterwards. */
export async function inFolder<T>(
  scratch: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(path.join(scratch, 'boot-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A boot's files, all in its own folder. */
export const filesIn = (
  folder: string,
  { kernel, initramfs }: Pick<MachineFiles, 'kernel' | 'initramfs'>,
): MachineFiles => ({
  kernel: path.resolve(kernel),
  initramfs: path.resolve(initramfs),
  memory: {
    ram: path.join(folder, 'ram'),
    fsdax: path.join(folder, 'fsdax'),
    devdax: path.join(folder, 'devdax'),
    payload: path.join(folder, 'payload'),
  },
  console: path.join(folder, 'console'),
  records: path.join(folder, 'records'),
});
