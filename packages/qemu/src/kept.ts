import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, hashFile, type Context, type Json } from '@pinbench/host';
import type { AgentRecord } from '@pinbench/model';
import { qemuArguments, type MachineFiles } from './arguments.ts';
import { bootState, type End } from './boot-state.ts';
import type { Bootable, BootOptions } from './cold.ts';
import { directKernel, type DirectKernel } from './direct-kernel.ts';
import { readEduConfig, writeEduConfig } from './edu-config.ts';
import { filesIn, inFolder } from './folder.ts';
import { hostProcessor } from './host-processor.ts';
import { qemuIdentity, type QemuIdentity } from './identity.ts';
import { live } from './life.ts';
import { loadState, saveState } from './migrate.ts';
import { describeEnd, lastLines, outcomeOf, type Outcome } from './outcome.ts';
import { layPayload } from './payload.ts';
import { limitsFor } from './phases.ts';
import { qemuBinary } from './process.ts';

/** A machine that was booted, set up and saved at `ready`. Any number of runs may take it up at the same time. */
export type Kept = Bootable & {
  folder: string;
  /** What its boot had to say. */
  boot: KeptBoot;
  cached: boolean;
};

/** A guest that did not come as far as to be kept: it may be its kernel's doing. */
export class NotReadyError extends BenchError {}

type KeptBoot = Omit<Outcome, 'end' | 'commandLine'> & { edu: readonly number[] };

const kind = 'machines';

/**
 * Each takes 0.4 GiB of disk. A run on two kernels uses two of each clock, and runs of other kernels go on beside it.
 */
const machinesKept = 12;

const names = { state: 'state', boot: 'boot.json' };

/** A kept machine is good for the same QEMU, arguments, kernel, initramfs and, under KVM, processor only. */
export const keptKey = (
  machine: Bootable['machine'],
  parts: {
    qemu: QemuIdentity;
    kernel: Pick<DirectKernel, 'sha256' | 'direct'>;
    initramfs: string;
    processor: string;
  },
): Json => ({
  arguments: qemuArguments(machine, placeless, ['ram', 'fsdax', 'devdax']),
  qemu: parts.qemu,
  kernel: { sha256: parts.kernel.sha256, direct: parts.kernel.direct },
  initramfs: parts.initramfs,
  processor: machine.accelerator === 'kvm' ? parts.processor : null,
});

const placeless: MachineFiles = filesIn('/', { kernel: '/kernel', initramfs: '/initramfs' });

/**
 * The machine, booted until its agent is ready and saved, from the cache if it is there.
 * @throws BenchError when it does not get that far or an operation of its set-up fails, with the console's last lines.
 */
export async function keepMachine(
  context: Context,
  bootable: Bootable,
  options: Omit<BootOptions, 'payload'> = {},
): Promise<Kept> {
  const [qemu, initramfs, kernel] = await Promise.all([
    qemuIdentity(context.signal),
    hashFile(bootable.initramfs),
    directKernel(context, bootable.kernel, bootable.machine),
  ]);
  const key = keptKey(bootable.machine, { qemu, kernel, initramfs, processor: hostProcessor() });
  const direct = { ...bootable, kernel: kernel.file };
  let cached = true;
  const make = async (making: string): Promise<void> => {
    cached = false;
    await bootAndSave(context, direct, options, making);
  };
  const folder = await context.cache.entry(kind, key, make, {
    keep: machinesKept,
    signal: context.signal,
  });
  const boot = JSON.parse(await readFile(path.join(folder, names.boot), 'utf8')) as KeptBoot;
  return { ...direct, folder, boot, cached };
}

async function bootAndSave(
  context: Context,
  { machine, kernel, initramfs }: Bootable,
  { limits, onEvent }: Omit<BootOptions, 'payload'>,
  making: string,
): Promise<void> {
  await inFolder(context.scratch, async (folder) => {
    const files = keptFiles(making, folder, { kernel, initramfs });
    const args = qemuArguments(machine, files, ['ram', 'fsdax', 'devdax', 'payload']);
    let edu: readonly number[] = [];
    const lived = await live(
      {
        args,
        folder,
        state: bootState(),
        limits: { ...limitsFor(machine), ...limits },
        onEvent,
        onStopped: async (qmp) => {
          edu = await readEduConfig(qmp);
          await saveState(qmp, path.join(making, names.state), folder);
          return 'leave';
        },
      },
      context.signal,
    );
    const { end, commandLine, ...boot } = outcomeOf(lived, [qemuBinary, ...args]);
    if (!lived.left) {
      throw new NotReadyError(`the machine did not get ready: ${describeEnd(end)}`, {
        hint: outOfSpace(end)
          ? 'make room in the cache: a kept machine takes about half a gigabyte'
          : `boot it by hand: ${commandLine.join(' ')}`,
        detail: lastLines(boot.console),
      });
    }
    assertSetUp(boot);
    await writeFile(path.join(making, names.boot), JSON.stringify({ ...boot, edu }));
  });
}

/** The memory that is kept lies in `kept`, what goes with the process in `folder`. */
function keptFiles(
  kept: string,
  folder: string,
  boots: Pick<Bootable, 'kernel' | 'initramfs'>,
): MachineFiles {
  const files = filesIn(folder, boots);
  const { ram, fsdax, devdax } = filesIn(kept, boots).memory;
  return { ...files, memory: { ...files.memory, ram, fsdax, devdax } };
}

function assertSetUp({ records, console }: Pick<Outcome, 'records' | 'console'>): void {
  const failed = records.find(({ ok }) => !ok);
  if (failed === undefined) return;
  const { output } = failed;
  throw new NotReadyError(`setting the machine up failed: ${describeRecord(failed)}`, {
    detail: [...(typeof output === 'string' ? output.split('\n') : []), ...lastLines(console)],
  });
}

/** A shared page for which the disk has no room is a bus error. */
const outOfSpace = (end: End): boolean =>
  end.kind === 'qemu-died' && end.message.includes('SIGBUS');

const describeRecord = ({ op, id, error, at }: AgentRecord): string =>
  [op, id, error, at && `at ${at}`].filter(Boolean).join(' ');

/**
 * Goes on from where a kept machine stands, with `payload` in its payload device, up to the closing record. The guest's
 * memory is its own copy, so nothing is lost when QEMU is ended there.
 * @throws BenchError when QEMU refuses what it is asked or the payload is not as large as its device.
 */
export function takeUp(
  context: Context,
  kept: Kept,
  { payload, limits, onEvent }: BootOptions,
): Promise<Outcome> {
  const { machine } = kept;
  return inFolder(context.scratch, async (folder) => {
    const files = keptFiles(kept.folder, folder, kept);
    await layPayload(machine, await payload(), files.memory.payload);
    const args = [...qemuArguments(machine, files, []), '-incoming', 'defer'];
    const lived = await live(
      {
        args,
        folder,
        state: bootState({ last: kept.boot.records.at(-1), powersOff: false }),
        limits: { ...limitsFor(machine), ...limits },
        onEvent,
        incoming: path.join(kept.folder, names.state),
        onUp: async (qmp) => {
          await loadState(qmp);
          await writeEduConfig(qmp, kept.boot.edu);
          await qmp.execute('cont');
          return { type: 'resumed' };
        },
      },
      context.signal,
    );
    return following(kept.boot, outcomeOf(lived, [qemuBinary, ...args]));
  });
}

/** A run's outcome as if it had come in one life with the boot before it. */
const following = (boot: KeptBoot, run: Outcome): Outcome => ({
  ...run,
  records: [...boot.records, ...run.records],
  console: [...boot.console, ...run.console],
  splats: [...boot.splats, ...run.splats],
});
