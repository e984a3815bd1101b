import { mkdir, statfs } from 'node:fs/promises';
import { BenchError } from './errors.ts';

const MiB = 1024 * 1024;

/**
 * Makes sure of room for what is to come, before anything is begun: apt, for one, waits for ever on a full disk (seen
 * with apt 2.6.1 on a full tmpfs).
 * @throws BenchError when `folder`'s file system has less than `needed` bytes free, or the folder cannot be made.
 */
export async function assertRoom(folder: string, needed: number): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new BenchError(`cannot write to the cache at ${folder}`, {
      hint: 'set PINBENCH_CACHE to a folder you can write to',
      cause: error,
    });
  }
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new BenchError(
    `no space left for the cache at ${folder}: ${Math.floor(free / MiB)} MiB free, ${Math.ceil(needed / MiB)} MiB needed`,
    { hint: 'make room, or set PINBENCH_CACHE to another folder' },
  );
}
