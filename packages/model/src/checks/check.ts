import type { Backing } from '../backing.ts';
import type { KernelVersion } from '../kernel-version.ts';
import type { Operation } from '../plan.ts';
import type { AgentRecord } from '../record.ts';
import type { Assumption, CheckResult, Variant } from '../result.ts';

export type Clock = 'counted' | 'sampled' | 'off';

/** What a run was asked, as far as checks need to know. */
export type CheckContext = {
  readonly kernel: KernelVersion;
  readonly backings: readonly Backing[];
  readonly clock: Clock;
  /** Percent; a cost above it is a failure. */
  readonly maxCost?: number;
};

/** The records of one leg: one variant's modules, loaded once, in one boot. Looked up by the id the plan gave. */
export type Leg = {
  readonly boot: number;
  readonly variant: Variant;
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
  /** The order in which the variants are loaded in one boot. */
  readonly legs: readonly Variant[];
  /** Boots that are needed; over one only where figures are sampled. */
  readonly boots: (context: CheckContext) => number;
  /** Why this check does not apply to what was asked, or undefined when it does. */
  readonly skip: (context: CheckContext) => string | undefined;
  /** Its figures are times: it runs on the machine whose clock was asked for. */
  readonly timed: boolean;
  /**
   * What one leg, counted from 0, does between vfio-open and vfio-close. Ids are unique within the leg, names of
   * buffers within the boot.
   */
  readonly plan: (variant: Variant, context: CheckContext, leg: number) => Operation[];
  readonly judge: (legs: readonly Leg[], context: CheckContext) => Judgement;
};
