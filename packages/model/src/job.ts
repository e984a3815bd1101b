import type { Asked, Check, CheckContext, Leg } from './checks/check.ts';
import { operations as op, type Operation } from './plan.ts';
import type { AgentRecord } from './record.ts';
import type { Strategy, Variant } from './result.ts';
import type { Subject, SwapModule } from './subject.ts';

/**
 * One life of a guest: a check's legs in their order. `kernel` is whose kernel lives it where each variant has its own;
 * the legs of the other variant are then another job's.
 */
export type Job = { readonly check: Check; readonly boot: number; readonly kernel?: Variant };

/** A leg of a job, by its place in the check's order, from 0. */
export type PlannedLeg = { readonly index: number; readonly variant: Variant };

export const legsIn = ({ check, kernel }: Pick<Job, 'check' | 'kernel'>): PlannedLeg[] =>
  check.legs
    .map((variant, index) => ({ variant, index }))
    .filter(({ variant }) => kernel === undefined || variant === kernel);

/** What the payload calls the file of a module, which lies in its modules folder. */
export const moduleFile = (owner: Variant | 'shared', module: string): string =>
  `${owner}.${module}.ko`;

/** A module's name once it is loaded: the kernel knows no `-` in it (scripts/Makefile.lib, name-fix). */
const loadedName = (module: string): string => module.replaceAll('-', '_');

/** Console lines by which a splat is laid at a leg's door. */
export const legMarker = ({ index, variant }: PlannedLeg): string =>
  `pinbench: leg ${index} ${variant}`;

/** The jobs of a run; each can run beside the others. With two kernels, the boots of both take turns in going first. */
export const jobsOf = (checks: readonly Check[], asked: Asked, strategy: Strategy): Job[] =>
  checks
    .filter((check) => check.skip(asked) === undefined)
    .flatMap((check) =>
      Array.from({ length: check.boots(asked) }, (_, boot): Job[] => {
        if (strategy === 'module-swap') return [{ check, boot }];
        const both: Job[] = [
          { check, boot, kernel: 'before' },
          { check, boot, kernel: 'after' },
        ];
        return boot % 2 === 0 ? both : both.reverse();
      }).flat(),
    );

/**
 * What the guest is to do for a job: what both variants build on is loaded; then, in each leg, the variant's modules
 * are loaded and held against what was built, the device is opened, the check asks its questions, and all is taken down.
 */
export function planJob(
  job: Job,
  context: CheckContext,
  { modules, kernels }: Pick<Subject, 'modules' | 'kernels'>,
  device: string,
): Operation[] {
  return [
    ...(kernels[job.kernel ?? 'before'].buildId === undefined
      ? []
      : [op.read({ file: '/sys/kernel/notes', as: 'hex' }, 'kernel-notes')]),
    ...modules.shared.map((name) => insmod('shared', name, `insmod.${name}`)),
    ...legsIn(job).flatMap(({ variant, index }) => [
      op.write({ file: '/dev/kmsg', text: legMarker({ index, variant }) }, legId(index, 'marker')),
      ...loadModules(variant, modules[variant], index),
      op.vfioOpen({ device }, legId(index, 'vfio-open')),
      ...job.check.plan(variant, context, index).map((line) => inLeg(line, index)),
      op.vfioClose(legId(index, 'vfio-close')),
      ...[...modules[variant]]
        .reverse()
        .map(({ name }) => op.rmmod({ name: loadedName(name) }, legId(index, `rmmod.${name}`))),
    ]),
    op.write({ file: '/dev/kmsg', text: 'pinbench: plan done' }),
    op.powerOff(),
  ];
}

function loadModules(variant: Variant, modules: readonly SwapModule[], index: number): Operation[] {
  return [
    ...modules.map(({ name }) => insmod(variant, name, legId(index, `insmod.${name}`))),
    ...modules.map(({ name }) =>
      op.read(
        { file: `/sys/module/${loadedName(name)}/notes/.note.gnu.build-id`, as: 'hex' },
        legId(index, `build-id.${name}`),
      ),
    ),
  ];
}

const insmod = (owner: Variant | 'shared', name: string, id: string): Operation =>
  op.insmod({ file: `/payload/modules/${moduleFile(owner, name)}` }, id);

const legId = (index: number, id: string): string => `${index}.${id}`;

const inLeg = (line: Operation, index: number): Operation =>
  line.id === undefined ? line : { ...line, id: legId(index, line.id) };

/** A job's records sorted by leg, for the check to judge. */
export function legsOf(job: Job, records: readonly AgentRecord[]): Leg[] {
  const byId = new Map(records.map((record) => [record.id, record]));
  const legs = legsIn(job);
  const firstAfter = legs.find(({ variant }) => variant === 'after')?.index ?? Infinity;
  return legs.map(({ variant, index }) => ({
    boot: job.boot,
    index,
    variant,
    ...(job.kernel !== undefined && { kernel: job.kernel }),
    patched: firstAfter <= index,
    record: (id) => byId.get(legId(index, id)),
  }));
}
