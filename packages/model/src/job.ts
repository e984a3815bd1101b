import type { Check, CheckContext, Leg } from './checks/check.ts';
import { operations as op, type Operation } from './plan.ts';
import type { AgentRecord } from './record.ts';
import type { Assumption, Variant } from './result.ts';

/** One life of a guest: a check's legs in their order. */
export type Job = { readonly check: Check; readonly boot: number };

/** A module under test. */
export type SwapModule = { readonly name: string; readonly buildId: string };

/**
 * The modules of each variant, in the order in which they load, and what they build on: modules of the base that are
 * the same in both and stay.
 */
export type SwapModules = Readonly<Record<Variant, readonly SwapModule[]>> & {
  readonly shared: readonly string[];
};

/** What the payload calls the file of a module, which lies in its modules folder. */
export const moduleFile = (owner: Variant | 'shared', module: string): string =>
  `${owner}.${module}.ko`;

/** A module's name once it is loaded: the kernel knows no `-` in it (scripts/Makefile.lib, name-fix). */
const loadedName = (module: string): string => module.replaceAll('-', '_');

/** Console lines by which a splat is laid at a leg's door. */
export const legMarker = (index: number, variant: Variant): string =>
  `pinbench: leg ${index} ${variant}`;

/** The jobs of a run; each can run beside the others. */
export const jobsOf = (checks: readonly Check[], context: CheckContext): Job[] =>
  checks
    .filter((check) => check.skip(context) === undefined)
    .flatMap((check) =>
      Array.from({ length: check.boots(context) }, (_, boot) => ({ check, boot })),
    );

/**
 * What the guest is to do for a job: what both variants build on is loaded; then, in each leg, the variant's modules
 * are loaded and held against what was built, the device is opened, the check asks its questions, and all is taken down.
 */
export function planJob(
  job: Job,
  context: CheckContext,
  modules: SwapModules,
  device: string,
): Operation[] {
  return [
    ...modules.shared.map((name) => insmod('shared', name, `insmod.${name}`)),
    ...job.check.legs.flatMap((variant, index) => [
      op.write({ file: '/dev/kmsg', text: legMarker(index, variant) }, legId(index, 'marker')),
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
  return job.check.legs.map((variant, index) => ({
    boot: job.boot,
    variant,
    record: (id) => byId.get(legId(index, id)),
  }));
}

/** What must hold of any job before its answers mean anything. */
export function jobAssumptions(
  job: Job,
  plan: readonly Operation[],
  records: readonly AgentRecord[],
  modules: SwapModules,
  release: string,
): Assumption[] {
  const where = `${job.check.name}, boot ${job.boot + 1}`;
  return [
    planComplete(where, plan, records),
    kernelIsTheBase(where, records, release),
    everyStepWorked(where, records),
    ...legsOf(job, records).flatMap((leg, index) => [
      ...[
        iommuIsOn(`${where}, leg ${index + 1} ${leg.variant}`, leg),
        modulesWentAway(`${where}, leg ${index + 1} ${leg.variant}`, leg, modules[leg.variant]),
      ].map((assumption) => ({ ...assumption, patched: job.check.legs.indexOf('after') <= index })),
      ...modules[leg.variant].map((module) =>
        moduleIsTheOneBuilt(`${where}, leg ${index + 1} ${leg.variant}`, leg, module),
      ),
    ]),
  ];
}

function planComplete(
  where: string,
  plan: readonly Operation[],
  records: readonly AgentRecord[],
): Assumption {
  const wanted = plan.filter((line) => line.id !== undefined);
  const ids = new Set(records.map((record) => record.id));
  const missing = wanted.find((line) => !ids.has(line.id));
  const gap = records.findIndex((record, index) => record.seq !== (records[0]?.seq ?? 0) + index);
  return {
    name: `the plan was done to its end (${where})`,
    held: missing === undefined && gap === -1,
    needed: `a record of each operation, without gaps`,
    observed:
      missing !== undefined
        ? `no record of ${missing.op} ${missing.id ?? ''}`
        : gap === -1
          ? `${wanted.length} of ${wanted.length}`
          : `a gap before record ${gap}`,
  };
}

/** Operations that no check asks about are steps on the way: filling a buffer, a warm-up. */
function everyStepWorked(where: string, records: readonly AgentRecord[]): Assumption {
  const failed = records.find(
    (record) => record.id === undefined && !record.ok && record.op !== 'end',
  );
  return {
    name: `every step on the way worked (${where})`,
    held: failed === undefined,
    needed: 'no operation without a name failed',
    observed: failed === undefined ? 'none did' : `${failed.op}: ${failed.error ?? 'failed'}`,
  };
}

function kernelIsTheBase(
  where: string,
  records: readonly AgentRecord[],
  release: string,
): Assumption {
  const said = records.find((record) => record.op === 'hello')?.['release'];
  const observed = typeof said === 'string' ? said : 'no hello';
  return {
    name: `the kernel that runs is the base (${where})`,
    held: observed === release,
    needed: release,
    observed,
  };
}

/** VFIO's type1 backend only takes a group that an IOMMU made, so a device that opens proves that one is on. */
function iommuIsOn(where: string, leg: Leg): Assumption {
  const open = leg.record('vfio-open');
  return {
    name: `the IOMMU is on and the device behind it (${where})`,
    held: open?.ok === true,
    needed: 'the device opens through a type1 v2 container',
    observed:
      open === undefined
        ? 'no record'
        : open.ok
          ? `group ${String(open['group'])}`
          : `${open.error ?? '?'} at ${open.at ?? '?'}`,
  };
}

function moduleIsTheOneBuilt(where: string, leg: Leg, module: SwapModule): Assumption {
  const note = leg.record(`build-id.${module.name}`);
  const observed = typeof note?.['text'] === 'string' ? note['text'] : 'none';
  return {
    name: `${module.name} is the one built (${where})`,
    held: observed.endsWith(module.buildId),
    needed: `build id ${module.buildId}`,
    observed:
      observed === 'none' ? 'no build id' : `build id ${observed.slice(-module.buildId.length)}`,
  };
}

function modulesWentAway(where: string, leg: Leg, modules: readonly SwapModule[]): Assumption {
  const stuck = modules
    .filter(({ name }) => leg.record(`rmmod.${name}`)?.ok !== true)
    .map(({ name }) => name);
  return {
    name: `the modules could be removed (${where})`,
    held: stuck.length === 0,
    needed: 'every module of the leg removed at its end',
    observed: stuck.length === 0 ? 'all removed' : `still there: ${stuck.join(', ')}`,
  };
}
