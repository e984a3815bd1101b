import type { Context } from '@pinbench/host';
import { qemuArguments } from './arguments.ts';
import { bootState } from './boot-state.ts';
import { directKernel } from './direct-kernel.ts';
import { filesIn, inFolder } from './folder.ts';
import { live, type BootEvent } from './life.ts';
import type { Machine } from './machine.ts';
import { outcomeOf, type Outcome } from './outcome.ts';
import { exchangePayload } from './payload.ts';
import { limitsFor, type Limits } from './phases.ts';
import { qemuBinary } from './process.ts';

/** A machine and what it boots. */
export type Bootable = { machine: Machine; kernel: string; initramfs: string };

export type BootOptions = {
  /** What to lay into the payload device once the agent is ready; asked for only then. */
  payload: () => Promise<string>;
  limits?: Partial<Limits>;
  onEvent?: (event: BootEvent) => void;
};

/**
 * Boots a machine from nothing, hands it the payload when the agent is ready and lives with it until it powers off.
 * @throws BenchError when QEMU refuses what it is asked or the payload is not as large as its device.
 */
export function bootCold(
  context: Context,
  { machine, kernel, initramfs }: Bootable,
  { payload, limits, onEvent }: BootOptions,
): Promise<Outcome> {
  return inFolder(context.scratch, async (folder) => {
    const { file } = await directKernel(context, kernel, machine);
    const files = filesIn(folder, { kernel: file, initramfs });
    const args = qemuArguments(machine, files, ['payload']);
    const lived = await live(
      {
        args,
        folder,
        state: bootState(),
        limits: { ...limitsFor(machine), ...limits },
        onEvent,
        onStopped: async (qmp) => {
          await exchangePayload(machine, await payload(), files.memory.payload);
          await qmp.execute('cont');
          return { type: 'resumed' };
        },
      },
      context.signal,
    );
    return outcomeOf(lived, [qemuBinary, ...args]);
  });
}
