import type { Context } from '@pinbench/host';
import type { Job, MachineInResult, Variant } from '@pinbench/model';
import {
  keepMachine,
  NotReadyError,
  probeAccelerator,
  qemuIdentity,
  debugMachine,
  standardMachine,
  type Accelerator,
  type Bootable,
} from '@pinbench/qemu';
import type { PreparedGuest } from './prepare-guest.ts';
import type { RunRequest } from './request.ts';
import type { Ready } from './run-job.ts';
import { allTogether } from './together.ts';

/** The machines of one run: which of them a job gets, and what the result says of them. */
export type Machines = {
  readyFor: (job: Job) => Ready;
  describe: (commandLine: readonly string[]) => MachineInResult;
};

/**
 * Chooses the accelerator and gets the machines ready. Counted time always runs under TCG; where KVM does not work
 * one machine of each kernel serves every job.
 * @param guests the same one twice where both variants live in one kernel
 */
export async function machinesFor(
  context: Context,
  request: RunRequest,
  guests: Readonly<Record<Variant, PreparedGuest>>,
): Promise<Machines> {
  const onlyCounted =
    request.clock === 'counted' &&
    request.checks.length > 0 &&
    request.checks.every((check) => check.timed);
  const accelerator: Accelerator = onlyCounted
    ? { ...tcg, why: 'counted time always runs under TCG' }
    : await chooseAccelerator(context, request, guests.before);
  const isMain = accelerator.kind === 'tcg' && request.clock !== 'sampled';
  const pairOf = (guest: PreparedGuest): Pair => {
    const counted = bootable(request, guest, tcg, true);
    const main = isMain ? counted : bootable(request, guest, accelerator, false);
    return { main, timed: request.clock === 'counted' ? counted : main };
  };
  const before = pairOf(guests.before);
  const after = guests.after === guests.before ? before : pairOf(guests.after);
  const pairs = { before, after };
  const ready = await getReady(context, request, pairs);
  const { version } = await qemuIdentity(context.signal);
  const apart = before.main !== before.timed ? '; counted time ran under TCG' : '';
  return {
    readyFor: ({ checks, kernel = 'before' }) => {
      const found = ready.get(
        pairs[kernel][checks.some((check) => check.timed) ? 'timed' : 'main'],
      );
      if (found === undefined) throw new Error('a job without a machine');
      return found;
    },
    describe: (commandLine) => ({
      qemu: version,
      accelerator: { kind: accelerator.kind, why: `${accelerator.why}${apart}` },
      cpu: before.main.machine.cpu,
      memoryMiB: before.main.machine.memoryMiB,
      iommu: 'intel-iommu',
      boot: request.cold ? 'cold' : 'warm',
      commandLine: [...commandLine],
    }),
  };
}

/** The machines of one kernel, often one and the same. */
type Pair = { main: Bootable; timed: Bootable };

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
  { debugKernel }: RunRequest,
  { kernel, initramfs }: PreparedGuest,
  { kind, cpu }: Pick<Accelerator, 'kind' | 'cpu'>,
  counted: boolean,
): Bootable => {
  const machine = debugKernel ? debugMachine : standardMachine;
  return { kernel, initramfs, machine: { ...machine, accelerator: kind, cpu, counted } };
};

async function getReady(
  context: Context,
  request: RunRequest,
  { before, after }: Record<Variant, Pair>,
): Promise<Map<Bootable, Ready>> {
  const machines = [...new Set([before.main, before.timed, after.main, after.timed])];
  if (request.cold) return new Map(machines.map((cold) => [cold, { cold }]));
  const patched = (one: Bootable): boolean =>
    after !== before && (one === after.main || one === after.timed);
  const kept = await allTogether(context, (own) =>
    machines.map(async (one): Promise<[Bootable, Ready]> => [
      one,
      await keep(own, one, patched(one)),
    ]),
  );
  return new Map(kept);
}

/**
 * Boots a machine and keeps it. A patched kernel that does not get that far is booted anew for each job, so that what
 * becomes of it is seen and judged.
 */
async function keep(context: Context, one: Bootable, patched: boolean): Promise<Ready> {
  const title = patched ? 'boot after and keep it' : 'boot the machine and keep it';
  try {
    return await context.progress.stage(title, async (stage) => {
      const kept = await keepMachine(context, one, {
        onEvent: (event) => {
          if (event.type === 'phase') stage.say(event.phase);
        },
      });
      if (kept.cached) stage.cached();
      return { kept };
    });
  } catch (error) {
    if (!patched || !(error instanceof NotReadyError)) throw error;
    context.progress.note(`after: ${error.message}; it is booted for each job`);
    return { cold: one };
  }
}
