import { open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { BenchError, run } from '@pinbench/host';

/** A block of an .xz file that can be decompressed by itself: where it lies, in bytes, and how much is in it. */
export type XzBlock = { offset: number; length: number; size: number };

/** The length of the header that an .xz stream starts with (xz file format, 2.1.1). */
const streamHeader = 12;

/** The blocks of an .xz file, in order. There is only one where the file was not made with several threads. */
export async function listXzBlocks(file: string, signal: AbortSignal): Promise<XzBlock[]> {
  const { stdout } = await run('xz', ['--robot', '--list', '-vv', file], { signal });
  return parseXzList(stdout);
}

/** Reads `xz --robot --list -vv` (xz(1), "Robot mode"). */
export const parseXzList = (output: string): XzBlock[] =>
  output
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([kind]) => kind === 'block')
    .map((fields) => ({
      offset: Number(fields[4]),
      length: Number(fields[6]),
      size: Number(fields[7]),
    }));

/**
 * What is in one block. Its check sum is held against it by xz.
 * @param scratch a folder for the bytes on their way: twenty megabytes go faster through a file than through a pipe
 */
export async function readXzBlock(
  file: string,
  block: XzBlock,
  scratch: string,
  signal: AbortSignal,
): Promise<Buffer> {
  const bytes = await decompress(file, block, block.length, scratch, signal);
  if (bytes.length === block.size) return bytes;
  throw new BenchError(`${path.basename(file)} is damaged`, {
    hint: 'remove the pinbench cache and run again',
  });
}

/** The first megabyte or so of what is in one block. */
export const peekXzBlock = (
  file: string,
  block: XzBlock,
  scratch: string,
  signal: AbortSignal,
): Promise<Buffer> => decompress(file, block, Math.min(block.length, 256 * 1024), scratch, signal);

/** A stream that has its header and the beginning of a block, but no end: xz writes what there is and complains. */
async function decompress(
  file: string,
  block: XzBlock,
  length: number,
  scratch: string,
  signal: AbortSignal,
): Promise<Buffer> {
  const input = Buffer.alloc(streamHeader + length);
  const output = path.join(scratch, `block-${block.offset}-${length}`);
  const source = await open(file);
  try {
    await source.read(input, 0, streamHeader, 0);
    await source.read(input, streamHeader, length, block.offset);
    await execa('xz', ['-dc'], {
      input,
      stdout: { file: output },
      buffer: false,
      reject: false,
      cancelSignal: signal,
    });
    signal.throwIfAborted();
    return await readFile(output);
  } finally {
    await Promise.all([source.close(), rm(output, { force: true })]);
  }
}
