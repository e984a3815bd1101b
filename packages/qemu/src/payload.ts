import { copyFile, open, readFile, stat } from 'node:fs/promises';
import { BenchError } from '@pinbench/host';
import type { Machine } from './machine.ts';

/** How large a payload for this machine is, in bytes: exactly as large as its device. */
export const payloadSize = ({ nvdimms }: Machine): number =>
  (nvdimms.find(({ name }) => name === 'payload')?.sizeMiB ?? 0) * 1024 * 1024;

/** Lays a copy of `payload` at `file`. @throws BenchError if it is not as large as its device. */
export async function layPayload(machine: Machine, payload: string, file: string): Promise<void> {
  await assertSize(machine, payload);
  await copyFile(payload, file);
}

/**
 * Puts `payload` into the file behind a machine that stands still and shares it.
 * @throws BenchError if it is not as large as its device.
 */
export async function exchangePayload(
  machine: Machine,
  payload: string,
  file: string,
): Promise<void> {
  await assertSize(machine, payload);
  const handle = await open(file, 'r+');
  try {
    await handle.writeFile(await readFile(payload));
  } finally {
    await handle.close();
  }
}

async function assertSize(machine: Machine, payload: string): Promise<void> {
  const { size } = await stat(payload);
  if (size === payloadSize(machine)) return;
  throw new BenchError(`the payload has ${size} bytes, its device ${payloadSize(machine)}`);
}
