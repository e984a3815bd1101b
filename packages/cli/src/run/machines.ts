import type { Context } from '@pinbench/host';
import type { Job, MachineInResult } from '@pinbench/model';
import {
  keepMachine,
  probeAccelerator,
  qemuIdentity,
  standardMachine,
  type Accelerator,
  type Bootable,
} from '@pinbench/qemu';
import type { PreparedGuest } from './prepare-guest.ts';
import type { RunRequest } from './request.ts';
import type { Ready } from './run-job.ts';

/** The machines of one run: which of them a job gets, and what the result says of them. */
export type Machines = {
  readyFor: (job: Job) => Ready;
  describe: (commandLine: readonly string[]) => MachineInResult;
};

/**
 * Chooses the accelerator and gets the machines ready. Counted time always runs under TCG; where KVM does not work
 * one machine serves every job.
 */
export async function machinesFor(
  context: Context,
  request: RunRequest,
  guest: PreparedGuest,
): Promise<Machines> {
  const counted = bootable(guest, tcg, true);
  const onlyCounted = request.clock === 'counted' && request.checks.every((check) => check.timed);
  const accelerator: Accelerator = onlyCounted
    ? { ...tcg, why: 'counted time always runs under TCG' }
    : await chooseAccelerator(context, request, guest);
  const main =
    accelerator.kind === 'tcg' && request.clock !== 'sampled'
      ? counted
      : bootable(guest, accelerator, false);
  const timed = request.clock === 'counted' ? counted : main;
  const [mainReady, timedReady] = await getReady(context, request, main, timed);
  const { version } = await qemuIdentity(context.signal);
  const apart = main !== timed ? '; counted time ran under TCG' : '';
  return {
    readyFor: (job) => (job.check.timed ? timedReady : mainReady),
    describe: (commandLine) => ({
      qemu: version,
      accelerator: { kind: accelerator.kind, why: `${accelerator.why}${apart}` },
      cpu: main.machine.cpu,
      memoryMiB: main.machine.memoryMiB,
      iommu: 'intel-iommu',
      boot: request.cold ? 'cold' : 'warm',
      commandLine: [...commandLine],
    }),
  };
}

async function chooseAccelerator(
  context: Context,
  request: RunRequest,
  { kernel }: PreparedGuest,
): Promise<Accelerator> {
  const accelerator = await context.progress.stage('accelerator', () =>
    probeAccelerator(context, request.accelerator, { kernel }),
  );
  context.progress.note(`accelerator: ${accelerator.kind} (${accelerator.why})`);
  return accelerator;
}

const tcg = { kind: 'tcg', cpu: 'max' } as const;

const bootable = (
  { kernel, initramfs }: PreparedGuest,
  { kind, cpu }: Pick<Accelerator, 'kind' | 'cpu'>,
  counted: boolean,
): Bootable => ({
  kernel,
  initramfs,
  machine: { ...standardMachine, accelerator: kind, cpu, counted },
});

async function getReady(
  context: Context,
  request: RunRequest,
  main: Bootable,
  timed: Bootable,
): Promise<[Ready, Ready]> {
  if (request.cold) return [{ cold: main }, { cold: timed }];
  const keep = (one: Bootable): Promise<Ready> =>
    context.progress.stage('boot the machine and keep it', async (stage) => {
      const kept = await keepMachine(context, one, {
        onEvent: (event) => {
          if (event.type === 'phase') stage.say(event.phase);
        },
      });
      if (kept.cached) stage.cached();
      return { kept };
    });
  const mainReady = await keep(main);
  return [mainReady, main === timed ? mainReady : await keep(timed)];
}
