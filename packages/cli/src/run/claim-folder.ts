import { access, constants, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { RequestError } from '@pinbench/host';

/**
 * Makes sure, before any work, that reports can be written to a folder. A step at a time: Node's own recursive mkdir
 * never returns below /proc (seen with Node 20.20).
 * @throws RequestError when it cannot be made or written to.
 */
export async function claimFolder(folder: string): Promise<void> {
  try {
    await make(folder);
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new RequestError(`cannot write reports to ${folder}`, {
      hint: 'give --out a folder that can be written to',
      cause: error,
    });
  }
}

async function make(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  const parent = path.dirname(folder);
  if (parent !== folder) await make(parent);
  await mkdir(folder);
}
