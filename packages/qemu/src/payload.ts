import { copyFile, open, readFile, stat, truncate } from 'node:fs/promises';
import { BenchError } from '@pinbench/host';
import type { Machine } from './machine.ts';

const sizeOf = ({ nvdimms }: Machine): number =>
  (nvdimms.find(({ name }) => name === 'payload')?.sizeMiB ?? 0) * 1024 * 1024;

/** Lays a copy of `payload`, as large as the machine's payload device, at `file`. @throws BenchError if it is too large. */
export async function layPayload(machine: Machine, payload: string, file: string): Promise<void> {
  await assertFits(machine, payload);
  await copyFile(payload, file);
  await truncate(file, sizeOf(machine));
}

/** Puts `payload` into the file behind a machine that stands still and shares it. @throws BenchError if it is too large. */
export async function exchangePayload(
  machine: Machine,
  payload: string,
  file: string,
): Promise<void> {
  await assertFits(machine, payload);
  const handle = await open(file, 'r+');
  try {
    await handle.write(await readFile(payload), 0);
  } finally {
    await handle.close();
  }
}

async function assertFits(machine: Machine, payload: string): Promise<void> {
  const { size } = await stat(payload);
  if (size <= sizeOf(machine)) return;
  throw new BenchError(
    `the payload is ${Math.ceil(size / 1024 / 1024)} MiB, its device holds ${sizeOf(machine) / 1024 / 1024} MiB`,
  );
}
