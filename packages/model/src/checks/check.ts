import type { Backing } from '../backing.ts';
import type { Pinning } from '../world/index.ts';
import type { KernelVersion } from '../kernel-version.ts';
import type { Operation } from '../plan.ts';
import type { AgentRecord } from '../record.ts';
import type { Assumption, CheckResult, Variant } from '../result.ts';
import type { TestModules } from '../test-module.ts';

export type Clock = 'counted' | 'sampled' | 'off';

/** What a run was asked, as far as checks need to know. */
export type Asked = {
  readonly kernel: KernelVersion;
  readonly backings: readonly Backing[];
  readonly clock: Clock;
  /** Percent; a cost above it is a failure. */
  readonly maxCost?: number;
  /** The kernels check themselves as they run (--debug-kernel), and keep accounts and reserves for that. */
  readonly debugKernel?: boolean;
};

/**
 * What checks are held against: how each variant pins, by its source, and the modules of pinbench's own that the guest
 * can be given.
 */
export type CheckContext = Asked & {
  readonly pinning: Readonly<Record<Variant, Pinning>>;
  readonly testModules: TestModules;
};

/** What a plan is made for: a check may open and close the device itself. */
export type PlanContext = CheckContext & {
  /** The address of the device that is handed to user space. */
  readonly device: string;
};

/** The records of one leg: one variant, asked once, in one boot. Looked up by the id the plan gave. */
export type Leg = {
  readonly boot: number;
  /** Its place in the check's order, from 0. */
  readonly index: number;
  readonly variant: Variant;
  /** Whose kernel it ran on, where each variant has its own. */
  readonly kernel?: Variant;
  /** Patched code has run in this boot, in this leg or before it. */
  readonly patched: boolean;
  readonly record: (id: string) => AgentRecord | undefined;
};

export type Judgement = {
  readonly result: CheckResult;
  readonly assumptions: readonly Assumption[];
};

/** A named question: what it has the agent do in each leg, and how what came back is judged. Pure. */
export type Check = {
  readonly name: string;
  readonly title: string;
  /** The order in which the variants are asked; in one boot, or each kernel its own legs. */
  readonly legs: readonly Variant[];
  /** Boots that are needed; over one only where figures are sampled. */
  readonly boots: (asked: Asked) => number;
  /** Why this check does not apply to what was asked, or undefined when it does. */
  readonly skip: (asked: Asked) => string | undefined;
  /** Its figures are times: it runs on the machine whose clock was asked for. */
  readonly timed: boolean;
  /** It asks whatever comes: which question a mutant would fail is not known beforehand. */
  readonly random?: true;
  /** It is asked before the others in every leg: what it finds would keep them from their end. */
  readonly goesFirst?: true;
  /**
   * What one leg, counted from 0, does between vfio-open and vfio-close. Ids are unique within the leg, names of
   * buffers within the boot.
   */
  readonly plan: (variant: Variant, context: PlanContext, leg: number) => Operation[];
  /** Legs come by boot and then in the check's order. */
  readonly judge: (legs: readonly Leg[], context: CheckContext) => Judgement;
};
