import { RequestError } from '@pinbench/host';
import { LONGEST, type Variant } from '@pinbench/model';
import {
  oneOf,
  readRequest,
  rerunCommand,
  type RunOptions,
  type RunRequest,
} from '../run/request.ts';
import { formatDuration, readDuration } from './duration.ts';

/** The options of the command as commander hands them over. */
export type ConformOptions = Omit<RunOptions, 'check' | 'backing' | 'time' | 'maxCost'> & {
  sequences?: string;
  for?: string;
  seed?: string;
  length?: string;
  variant?: string;
  replay?: string;
};

/** A conform run that has been understood. */
export type ConformRequest = {
  /** What is built and booted. No checks: sequences are asked instead. */
  run: RunRequest;
  variants: readonly Variant[];
  /** A file with a sequence, `-` for standard input, or what to make sequences from. */
  what: { replay: string } | Random;
};

export type Random = {
  /** Of the first guest; that of each further one is one more. */
  seed: number;
  /** Operations in a sequence at most. */
  length: number;
  /** How many sequences, or for how many milliseconds. */
  until: { sequences: number } | { ms: number };
};

const defaults = { sequences: 400, seed: 1, length: LONGEST } as const;

/** What asks the sequences of a seed again: of the length that they have by default, and no more than a round has. */
export const burstOf = ({ seed, sequences }: { seed: number; sequences: number }): Random => ({
  ...{ seed, length: defaults.length },
  until: { sequences },
});

/**
 * Reads the options of the command.
 * @throws RequestError for a value that is not known, or two options that exclude each other.
 */
export function readConformRequest(options: ConformOptions): ConformRequest {
  const { sequences, for: time, seed, length, variant = 'both', replay, ...shared } = options;
  const run = {
    ...readRequest({ ...shared, time: 'off' }, replay === undefined ? [] : [replay]),
    checks: [],
  };
  const asked = oneOf('--variant', variant, ['before', 'after', 'both'] as const);
  const variants = asked === 'both' ? (['before', 'after'] as const) : ([asked] as const);
  if (replay !== undefined) {
    const random = Object.entries({ sequences, for: time, seed, length });
    const lost = random.find(([, value]) => value !== undefined);
    if (lost) {
      throw new RequestError(`--${lost[0]} says how to make sequences, and --replay has one`, {
        hint: 'leave one of the two out',
      });
    }
    return { run, variants, what: { replay } };
  }
  if (sequences !== undefined && time !== undefined) {
    throw new RequestError('--sequences and --for both say when to end', {
      hint: 'leave one of the two out',
    });
  }
  return {
    run,
    variants,
    what: {
      seed: whole('--seed', seed, { least: 0, most: 0x7fff_0000 }) ?? defaults.seed,
      length: whole('--length', length, { least: 1, most: 1000 }) ?? defaults.length,
      until:
        time === undefined
          ? {
              sequences:
                whole('--sequences', sequences, { least: 1, most: 1e7 }) ?? defaults.sequences,
            }
          : { ms: readDuration('--for', time) },
    },
  };
}

function whole(
  option: string,
  text: string | undefined,
  { least, most }: { least: number; most: number },
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new RequestError(`${option} "${text}" is no whole number from ${least} to ${most}`);
}

/** The command that does it again, or replays a file instead, as a user would type it. */
export function commandFor(
  { run, variants, what }: ConformRequest,
  instead: ConformRequest['what'] = what,
): string {
  const words =
    'replay' in instead
      ? ['--replay', instead.replay]
      : [
          ...('ms' in instead.until
            ? ['--for', formatDuration(instead.until.ms)]
            : ['--sequences', String(instead.until.sequences)]),
          ...['--seed', String(instead.seed)],
          ...(instead.length === defaults.length ? [] : ['--length', String(instead.length)]),
        ];
  const [only, other] = variants;
  const variant = only !== undefined && other === undefined ? ['--variant', only] : [];
  return rerunCommand(
    { ...run, clock: 'counted', checks: [], backings: [] },
    { command: 'conform', more: [...variant, ...words] },
  );
}
