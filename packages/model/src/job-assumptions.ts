import type { Check, Leg } from './checks/check.ts';
import { laidAtPatch } from './checks/laid-at-patch.ts';
import { jobName, legsOf, openId, type Job } from './job.ts';
import type { Operation } from './plan.ts';
import type { AgentRecord } from './record.ts';
import type { Assumption } from './result.ts';
import type { KernelUnderTest, Subject, SwapModule } from './subject.ts';

/** A guest as assumptions name it. */
export const nameOfGuest = (job: Job): string =>
  `${jobName(job)}, boot ${job.boot + 1}${job.kernel === undefined ? '' : `, ${job.kernel} kernel`}`;

/** What must hold of any job before its answers mean anything. */
export function jobAssumptions(
  job: Job,
  plan: readonly Operation[],
  records: readonly AgentRecord[],
  { kernels, modules }: Pick<Subject, 'kernels' | 'modules'>,
): Assumption[] {
  const where = nameOfGuest(job);
  const kernel = kernels[job.kernel ?? 'before'];
  return [
    planComplete(where, plan, records),
    kernelIsTheBase(where, records, kernel),
    ...(kernel.buildId === undefined ? [] : [kernelIsTheOneBuilt(where, records, kernel.buildId)]),
    ...laidAtPatch(job.kernel === 'after', [wasSetUp(where, records)]),
    everyStepWorked(where, job, records),
    ...legsOf(job, records).flatMap((leg) => {
      const inLeg = `${where}, leg ${leg.index + 1} ${leg.variant}`;
      const own = modules[leg.variant];
      return [
        ...laidAtPatch(leg.patched, own.length > 0 ? [modulesWentAway(inLeg, leg, own)] : []),
        ...own.map((module) => moduleIsTheOneBuilt(inLeg, leg, module)),
      ];
    }),
  ];
}

/** What must hold of the part that one check has in a job. */
export const partAssumptions = (check: Check, legs: readonly Leg[]): Assumption[] =>
  legs.flatMap((leg) =>
    laidAtPatch(leg.patched, [
      iommuIsOn(`${check.name}, leg ${leg.index + 1} ${leg.variant}`, leg.record(openId(check))),
    ]),
  );

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

/**
 * Operations that no check asks about are steps on the way: filling a buffer, a warm-up. One that fails once patched
 * code has run is laid at the patch.
 */
function everyStepWorked(where: string, job: Job, records: readonly AgentRecord[]): Assumption {
  const at = records.findIndex(
    (record) => record.id === undefined && !record.ok && record.op !== 'end',
  );
  const failed = records[at];
  const leg = legsOf(job, records).findLast(({ index }) =>
    records.slice(0, Math.max(at, 0)).some(({ id }) => id?.startsWith(`${index}.`) === true),
  );
  return {
    name: `every step on the way worked (${where})`,
    held: failed === undefined,
    needed: 'no operation without a name failed',
    observed: failed === undefined ? 'none did' : `${failed.op}: ${failed.error ?? 'failed'}`,
    ...(leg?.patched === true && { patched: true }),
  };
}

function kernelIsTheBase(
  where: string,
  records: readonly AgentRecord[],
  { release }: KernelUnderTest,
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

/** Head of the note that ld --build-id=sha1 makes: lengths of owner and id, NT_GNU_BUILD_ID, `GNU`; little endian. */
const buildIdNote = /040000001400000003000000474e5500([0-9a-f]{40})/;

/** /sys/kernel/notes gives the notes of the vmlinux that runs (kernel/ksysfs.c), its build id among them. */
function kernelIsTheOneBuilt(
  where: string,
  records: readonly AgentRecord[],
  buildId: string,
): Assumption {
  const notes = records.find((record) => record.id === 'kernel-notes')?.['text'];
  const [, found] = typeof notes === 'string' ? (buildIdNote.exec(notes) ?? []) : [];
  return {
    name: `the kernel that runs is the one built (${where})`,
    held: found === buildId,
    needed: `build id ${buildId}`,
    observed: found === undefined ? 'no build id' : `build id ${found}`,
  };
}

/** A kept machine was held against this when it was made; one that is booted for the job was not. */
function wasSetUp(where: string, records: readonly AgentRecord[]): Assumption {
  const failed = records.find((record) => record.id?.startsWith('setup.') === true && !record.ok);
  return {
    name: `the guest could be set up (${where})`,
    held: failed === undefined,
    needed: 'every step of the set-up works',
    observed:
      failed === undefined ? 'all did' : `${failed.id ?? failed.op}: ${failed.error ?? 'failed'}`,
  };
}

/** VFIO's type1 backend only takes a group that an IOMMU made, so a device that opens proves that one is on. */
function iommuIsOn(where: string, open: AgentRecord | undefined): Assumption {
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
