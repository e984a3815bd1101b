import type { Asked, Check, CheckContext, Leg } from './checks/check.ts';
import { operations as op, type Operation } from './plan.ts';
import type { AgentRecord } from './record.ts';
import { armWarnings, closeLog, logLine, openLog } from './splats/log-plan.ts';
import type { Strategy, Variant } from './result.ts';
import type { Subject, SwapModule } from './subject.ts';

/**
 * One life of a guest: legs in their order, in each of which every check of the job asks its questions.
 */
export type Job = {
  readonly checks: readonly Check[];
  readonly boot: number;
  /** Whose kernel lives it, where each variant has its own: the legs of the other are then another job's. */
  readonly kernel?: Variant;
  /** The variant whose first leg is all that it lives, where the other's is lived elsewhere in the same kernel. */
  readonly only?: Variant;
};

/** A leg of a job, by its place in the order, from 0. */
export type PlannedLeg = { readonly index: number; readonly variant: Variant };

/** The legs of a job: those of the check that has most. The others take part in the first of them. */
export function legsIn({ checks, kernel, only }: Job): PlannedLeg[] {
  const [longest] = checks.map((check) => check.legs).toSorted((a, b) => b.length - a.length);
  const variantOf = only ?? kernel;
  const legs = (longest ?? [])
    .map((variant, index) => ({ variant, index }))
    .filter(({ variant }) => variantOf === undefined || variant === variantOf);
  return only === undefined ? legs : legs.slice(0, 1);
}

/** The checks that ask something in a leg, in the order in which they do. */
export const checksIn = ({ checks }: Job, { index }: PlannedLeg): Check[] =>
  checks
    .filter((check) => index < check.legs.length)
    .toSorted((a, b) => Number(b.goesFirst ?? false) - Number(a.goesFirst ?? false));

/** What the payload calls the file of a module, which lies in its modules folder. */
export const moduleFile = (owner: Variant | 'shared', module: string): string =>
  `${owner}.${module}.ko`;

/** A module's name once it is loaded: the kernel knows no `-` in it (scripts/Makefile.lib, name-fix). */
export const loadedName = (module: string): string => module.replaceAll('-', '_');

/** Console lines by which a splat is laid at the door of a leg, and of a check in it. */
export const legMarker = ({ index, variant }: PlannedLeg): string =>
  `pinbench: leg ${index} ${variant}`;
export const checkMarker = (leg: PlannedLeg, { name }: Pick<Check, 'name'>): string =>
  `${legMarker(leg)}, ${name}`;

export const checkMarkerId = ({ index }: PlannedLeg, { name }: Pick<Check, 'name'>): string =>
  legId(index, `marker.${name}`);

/** What a job is called beside the others of its run. */
export const jobName = ({ checks }: Pick<Job, 'checks'>): string =>
  checks.length === 1 && checks[0] !== undefined ? checks[0].name : 'checks';

/**
 * The jobs of a run; each can run beside the others. What is timed has guests to itself, all else shares one. With two
 * kernels, the boots of both take turns in going first.
 */
export function jobsOf(all: readonly Check[], asked: Asked, strategy: Strategy): Job[] {
  const wanted = all.filter((check) => check.skip(asked) === undefined);
  const untimed = wanted.filter((check) => !check.timed);
  const groups = wanted.filter((check) => check.timed).map((check) => [check]);
  return [...(untimed.length > 0 ? [untimed] : []), ...groups].flatMap((checks) =>
    Array.from({ length: Math.max(...checks.map((check) => check.boots(asked))) }, (_, boot) => {
      if (strategy === 'module-swap') return [{ checks, boot }];
      const both: Job[] = [
        { checks, boot, kernel: 'before' },
        { checks, boot, kernel: 'after' },
      ];
      return boot % 2 === 0 ? both : both.reverse();
    }).flat(),
  );
}

/**
 * What the guest is to do for a job: what both variants build on is loaded; then, in each leg, the variant's modules
 * are loaded and held against what was built, for each check the device is opened, its questions are asked and the
 * device is closed, and all is taken down.
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
    ...openLog(),
    ...legsIn(job).flatMap(({ variant, index }) => [
      logLine(legMarker({ index, variant }), legId(index, 'marker')),
      armWarnings(legId(index, 'arm-warnings')),
      ...loadModules(variant, modules[variant], index),
      ...checksIn(job, { index, variant }).flatMap((check) => [
        logLine(checkMarker({ index, variant }, check), checkMarkerId({ index, variant }, check)),
        op.vfioOpen({ device }, legId(index, openId(check))),
        ...check.plan(variant, { ...context, device }, index).map((line) => inLeg(line, index)),
        op.vfioClose(legId(index, closeId(check))),
      ]),
      ...[...modules[variant]]
        .reverse()
        .map(({ name }) => op.rmmod({ name: loadedName(name) }, legId(index, `rmmod.${name}`))),
    ]),
    ...closeLog(),
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

/** The record that proves that the IOMMU is on. */
export const openId = ({ name }: Pick<Check, 'name'>): string => `vfio-open.${name}`;

/** The record that proves that a check was asked to its end. */
export const closeId = ({ name }: Pick<Check, 'name'>): string => `vfio-close.${name}`;

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
