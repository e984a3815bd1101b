import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { hashFile, tryRun, type Context } from '@pinbench/host';
import type { Machine } from './machine.ts';
import { hasPvhEntry, packedKernel, type Packed } from './kernel-image.ts';

export type DirectKernel = {
  /** What QEMU is to boot. */
  file: string;
  /** QEMU enters it without its decompressor. */
  direct: boolean;
  /** SHA-256 of the image that was asked for. */
  sha256: string;
};

/** To be raised when what is made of the same image changes. */
const recipe = 1;

/** Of some 16 MB each: twice as many as machines are kept. */
const kernelsKept = 24;

/**
 * The kernel inside a bzImage, from the cache, where QEMU can enter it directly. An emulated processor takes four
 * seconds to unpack Debian's 6.1, in every boot; this one half a second, once. Kernels without a PVH entry (before 5.0,
 * or without CONFIG_PVH) and those packed by a program that is not installed boot as they are.
 */
export async function directKernel(
  context: Context,
  image: string,
  { direct: may }: Pick<Machine, 'direct'> = { direct: true },
): Promise<DirectKernel> {
  const hash = await hashFile(image);
  if (!may) return { file: image, direct: false, sha256: hash };
  const { cache, signal } = context;
  const make = (making: string): Promise<void> =>
    unpackInto(path.join(making, 'kernel'), image, signal);
  const folder = await cache.entry('kernels', { image: hash, recipe }, make, {
    keep: kernelsKept,
    signal,
  });
  const file = path.join(folder, 'kernel');
  const direct = (await stat(file)).size > 0;
  return { file: direct ? file : image, direct, sha256: hash };
}

/** Leaves an empty file where there is no kernel to be entered directly. */
async function unpackInto(file: string, image: string, signal: AbortSignal): Promise<void> {
  const packed = packedKernel(await readFile(image));
  const kernel = packed && (await unpack(packed, file, signal));
  await writeFile(file, kernel && hasPvhEntry(kernel) ? kernel : '');
}

/** The programs take away what tells them how the file is packed. */
const suffixes = { xz: 'xz', zstd: 'zst' };

async function unpack(
  { packing, data }: Packed,
  file: string,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  if (packing === 'gzip') return promisify(gunzip)(data);
  const packed = `${file}.${suffixes[packing]}`;
  await writeFile(packed, data);
  try {
    const { exitCode } = await tryRun(packing, ['-d', '-k', '-q', packed], { signal });
    return exitCode === 0 ? await readFile(file) : undefined;
  } finally {
    await rm(packed, { force: true });
  }
}
