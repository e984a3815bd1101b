import {
  compareSequence,
  ENTRY_LIMIT,
  planSequence,
  sequencesOf,
  walk,
  type Compared,
  type Sequence,
  type SequenceNames,
  type Walk,
} from '../../conform/index.ts';
import { bounce } from '../../conform/layout.ts';
import { operations as op, type Operation } from '../../plan.ts';
import type { Variant } from '../../result.ts';
import { designOf, rulesOf, type Rules } from '../../world/index.ts';
import type { Check, CheckContext, Leg } from '../check.ts';
import { judgeConformance } from './judge.ts';

const name = 'conformance';

/** Sequences to be asked, and where they come from: a seed, or somebody's file. */
export type Conformance = {
  readonly sequencesFor: (context: Pick<CheckContext, 'kernel'>) => readonly Sequence[];
  readonly variants?: readonly Variant[];
  readonly seed?: number;
};

/** Random sequences of a seed. */
export type ConformanceOptions = {
  readonly seed: number;
  readonly sequences: number;
  /** Operations that a sequence is made of at most, before those are left out that cannot be asked. */
  readonly maxLength?: number;
  readonly variants?: readonly Variant[];
};

/** A check that asks sequences, and says which. */
export type SequenceCheck = Check & Pick<Conformance, 'sequencesFor' | 'seed'>;

export const asksSequences = (check: Check): check is SequenceCheck => 'sequencesFor' in check;

/** The check of random sequences: the same ones for the same seed. */
export function conformance({
  seed,
  sequences,
  maxLength,
  variants,
}: ConformanceOptions): SequenceCheck {
  const made = new Map<string, readonly Sequence[]>();
  const sequencesFor: Conformance['sequencesFor'] = ({ kernel }) => {
    const key = `${kernel.major}.${kernel.minor}`;
    const known =
      made.get(key) ??
      sequencesOf(seed, sequences, { kernel, ...(maxLength !== undefined && { maxLength }) });
    made.set(key, known);
    return known;
  };
  return conformanceCheck({ seed, sequencesFor, ...(variants && { variants }) });
}

/** The check of sequences that are given. */
export const conformanceOf = (
  sequences: readonly Sequence[],
  { variants }: Pick<ConformanceOptions, 'variants'> = {},
): SequenceCheck =>
  conformanceCheck({ sequencesFor: () => sequences, ...(variants && { variants }) });

function conformanceCheck({
  sequencesFor,
  variants = ['before', 'after'],
  seed,
}: Conformance): SequenceCheck {
  const whose =
    seed === undefined ? 'A sequence of operations ends' : 'Random sequences of operations end';
  const title = `${whose} as the model has it`;
  return {
    ...{ sequencesFor, ...(seed !== undefined && { seed }) },
    name,
    title,
    legs: variants,
    timed: false,
    random: true,
    boots: () => 1,
    skip: () => undefined,
    plan: (variant, context, leg) => {
      const rules = rulesIn(variant, context);
      return [
        ...planLimit(rules),
        ...sequencesFor(context).flatMap((sequence, index) =>
          planSequence(walk(sequence, rules), namesOf(leg, index), context.device),
        ),
        ...planDefaults(rules, context.device),
      ];
    },
    judge: (legs, context) => {
      const sequences = sequencesFor(context);
      const compared = legs.map((leg) => ({ leg, sequences: compareLeg(sequences, leg, context) }));
      return judgeConformance({ name, title, seed, sequences, compared });
    },
  };
}

/** The rules that hold in a leg, by how its variant pins. */
export const rulesIn = (
  variant: Variant,
  { pinning, kernel }: Pick<CheckContext, 'pinning' | 'kernel'>,
): Rules => rulesOf(designOf(pinning[variant]), kernel, ENTRY_LIMIT);

/** A sequence as it went in a leg. */
export type ComparedSequence = Compared & { readonly walk: Walk };

/** What a leg answered to each of the sequences. */
export function compareLeg(
  sequences: readonly Sequence[],
  leg: Leg,
  context: Pick<CheckContext, 'pinning' | 'kernel'>,
): ComparedSequence[] {
  const rules = rulesIn(leg.variant, context);
  return sequences.map((sequence, index) => {
    const walked = walk(sequence, rules);
    const { id } = namesOf(leg.index, index);
    return { walk: walked, ...compareSequence(walked, (step) => leg.record(id(step)), rules) };
  });
}

/** Ids are of the leg already; what lies in the guest is not. */
export const namesOf = (leg: number, sequence: number): SequenceNames => ({
  id: (step) => `${name}.${sequence}.${step}`,
  name: (what) => `c${leg}-${sequence}-${what}`,
});

const LIMIT_FILE = '/sys/module/vfio_iommu_type1/parameters/dma_entry_limit';
/** drivers/vfio/vfio_iommu_type1.c, U16_MAX. */
const USUAL_LIMIT = 65_535;

/** A container takes its limit from the module when it is opened. */
const planLimit = ({ has }: Rules): Operation[] => [
  op.vfioCloseKeeping(`${name}.close`),
  ...(has.entryLimit
    ? [op.write({ file: LIMIT_FILE, text: String(ENTRY_LIMIT + bounce.entries) }, `${name}.limit`)]
    : []),
];

const planDefaults = ({ has }: Rules, device: string): Operation[] => [
  ...(has.entryLimit
    ? [op.write({ file: LIMIT_FILE, text: String(USUAL_LIMIT) }, `${name}.usual-limit`)]
    : []),
  op.vfioOpen({ device }, `${name}.open`),
];
