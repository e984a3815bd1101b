import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from '@pinbench/host';
import { qemuArguments, type MachineFiles } from './arguments.ts';
import { bootState } from './boot-state.ts';
import { live, type BootEvent } from './life.ts';
import type { Machine } from './machine.ts';
import { outcomeOf, type Outcome } from './outcome.ts';
import { exchangePayload } from './payload.ts';
import { defaultLimits, type Limits } from './phases.ts';
import { qemuBinary } from './process.ts';

/** A machine and what it boots. */
export type Bootable = { machine: Machine; kernel: string; initramfs: string };

export type BootOptions = {
  /** What to lay into the payload device once the agent is ready. */
  payload: string;
  limits?: Partial<Limits>;
  onEvent?: (event: BootEvent) => void;
};

/**
 * Boots a machine from nothing, hands it the payload when the agent is ready and lives with it until it powers off.
 * @throws BenchError when QEMU refuses what it is asked or the payload is too large.
 */
export function bootCold(
  context: Context,
  { machine, kernel, initramfs }: Bootable,
  { payload, limits, onEvent }: BootOptions,
): Promise<Outcome> {
  return inFolder(context.scratch, async (folder) => {
    const files = filesIn(folder, { kernel, initramfs });
    const args = qemuArguments(machine, files, ['payload']);
    const lived = await live(
      {
        args,
        folder,
        state: bootState(),
        limits: { ...defaultLimits[machine.accelerator], ...limits },
        onEvent,
        onStopped: async (qmp) => {
          await exchangePayload(machine, payload, files.memory.payload);
          await qmp.execute('cont');
          return { type: 'resumed' };
        },
      },
      context.signal,
    );
    return outcomeOf(lived, [qemuBinary, ...args]);
  });
}

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
  { kernel, initramfs }: Pick<Bootable, 'kernel' | 'initramfs'>,
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
