import type { Compared } from '../../conform/index.ts';
import type { CheckResult, Variant } from '../../result.ts';

/** What rounds of random sequences came to, each with a seed of its own. */
export type RoundOutcome = {
  readonly seed?: number;
  readonly sequences: number;
  readonly operations: Partial<Record<Variant, number>>;
  /** Sequences that were broken off. */
  readonly brokenOff?: Partial<Record<Variant, number>>;
};

/** How many were broken off. */
export const brokenOffIn = (compared: readonly Compared[]): number =>
  compared.filter(({ brokenOff }) => brokenOff === true).length;

/** Operations that went as the model has it, and sequences that were not held to their end. */
export const sawRight = (operations: number, brokenOff: number): string =>
  [
    `${operations} operations, no difference`,
    ...(brokenOff > 0
      ? [`${brokenOff} ${brokenOff === 1 ? 'sequence' : 'sequences'} broken off`]
      : []),
  ].join('; ');

type Described = {
  readonly name: string;
  /** How many sequences. */
  readonly told: string;
  readonly seeds?: string;
  readonly operations: RoundOutcome['operations'];
};

/** Rounds in words: how many sequences and operations, and from which seeds. */
export function describeRounds(rounds: readonly RoundOutcome[]): Described {
  const sequences = rounds.reduce((sum, round) => sum + round.sequences, 0);
  const seeds = rounds.flatMap(({ seed }) => (seed === undefined ? [] : [seed]));
  const [first, last] = [Math.min(...seeds), Math.max(...seeds)];
  const of = first === last ? `seed ${first}` : `seeds ${first} to ${last}`;
  const variants = (['before', 'after'] as const).filter((variant) =>
    rounds.some(({ operations }) => operations[variant] !== undefined),
  );
  const told = `${sequences} ${sequences === 1 ? 'sequence' : 'sequences'}`;
  return {
    ...(seeds.length === 0 ? { name: told } : { name: `${told}, ${of}`, seeds: of }),
    told,
    operations: Object.fromEntries(
      variants.map((variant) => [
        variant,
        rounds.reduce((sum, { operations }) => sum + (operations[variant] ?? 0), 0),
      ]),
    ),
  };
}

/** What a pass shows, in a sentence. */
export function sayPassed({ told, seeds, operations }: Omit<Described, 'name'>): string {
  const legs = Object.entries(operations).map(
    ([variant, amount]) => `${amount} operations ${variant}`,
  );
  const of = seeds === undefined ? '' : ` (${seeds})`;
  return `In ${told} of operations, ${legs.join(' and ')}, the kernel did what the model says${of}.`;
}

/** The result of rounds that all passed, made of that of one of them. */
export function passOf(result: CheckResult, rounds: readonly RoundOutcome[]): CheckResult {
  const { name, ...round } = describeRounds(rounds);
  const { operations } = round;
  const saw = (variant: Variant, own: string): string =>
    operations[variant] === undefined ? own : sawRight(operations[variant], broken(variant));
  const broken = (variant: Variant): number =>
    rounds.reduce((sum, { brokenOff }) => sum + (brokenOff?.[variant] ?? 0), 0);
  return {
    ...result,
    says: [sayPassed(round)],
    cases: (result.cases ?? []).map((row) => ({
      ...row,
      name,
      before: { ...row.before, saw: saw('before', row.before.saw) },
      after: { ...row.after, saw: saw('after', row.after.saw) },
    })),
  };
}
