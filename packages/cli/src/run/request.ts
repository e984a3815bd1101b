import path from 'node:path';
import { RequestError } from '@pinbench/host';
import type { AskedStrategy, BaseOptions } from '@pinbench/kernel';
import { backings, checks, type Backing, type Check, type Clock } from '@pinbench/model';

/** The options of a run as commander hands them over. */
export type RunOptions = {
  base: string;
  patch?: string[];
  baseline?: string[];
  strategy?: string;
  check?: string[];
  backing?: string[];
  accel: string;
  time: string;
  maxCost?: string;
  out: string;
  json?: true;
  cold?: true;
  update?: true;
  dirty?: true;
  debugKernel?: true;
};

/** A run that has been understood. */
export type RunRequest = {
  base: string;
  /** Files named by the user; empty for the patch that pinbench ships for the base. */
  patches: string[];
  /** Files named by the user to be applied before; empty for what pinbench ships for the base. */
  baseline: string[];
  strategy: AskedStrategy;
  checks: Check[];
  backings: Backing[];
  accelerator: 'auto' | 'kvm' | 'tcg';
  clock: Clock;
  maxCost?: number;
  out: string;
  json: boolean;
  cold: boolean;
  update: boolean;
  /** Uncommitted changes of a tree are taken along. */
  dirty: boolean;
  /** The kernels check themselves as they run: pinbench builds them, also for a Debian base. */
  debugKernel: boolean;
};

/**
 * Reads the options of a run.
 * @param others files that are read beside the patches, `-` for standard input
 * @throws RequestError for a value that is not known, naming those that are.
 */
export function readRequest(options: RunOptions, others: readonly string[] = []): RunRequest {
  assertOneStandardInput(options, others);
  const maxCost = options.maxCost === undefined ? undefined : readPercent(options.maxCost);
  const clock = oneOf('--time', options.time, ['counted', 'sampled', 'off'] as const);
  if (maxCost !== undefined && clock === 'off') {
    throw new RequestError('--max-cost needs a measurement, and --time off takes none', {
      hint: 'leave one of the two out',
    });
  }
  const checkNames = checks.map((check) => check.name);
  const wanted = new Set(severalOf('--check', options.check, checkNames));
  const chosen = checks.filter((check) => wanted.has(check.name));
  if (maxCost !== undefined && !chosen.some((check) => check.timed)) {
    throw new RequestError(
      '--max-cost needs a check that measures time, and --check leaves them out',
      {
        hint: 'add --check map-unmap-time',
      },
    );
  }
  const wantedBackings = new Set(severalOf('--backing', options.backing, backings));
  const chosenBackings = backings.filter((backing) => wantedBackings.has(backing));
  const asked = { kernel: { major: 0, minor: 0 }, backings: chosenBackings, clock };
  const skipped = chosen.map((check) => check.skip(asked));
  if (skipped.every((reason) => reason !== undefined)) {
    throw new RequestError(`nothing is left to run: ${skipped.join('; ')}`, {
      hint: 'choose another --check, --backing or --time',
    });
  }
  return {
    base: options.base,
    patches: fromCaller(options.patch),
    baseline: fromCaller(options.baseline),
    strategy: oneOf('--strategy', options.strategy ?? 'auto', [
      'auto',
      'module-swap',
      'two-kernels',
    ] as const),
    checks: chosen,
    backings: chosenBackings,
    accelerator: oneOf('--accel', options.accel, ['auto', 'kvm', 'tcg'] as const),
    clock,
    ...(maxCost !== undefined && { maxCost }),
    out: path.resolve(callersFolder(), options.out),
    json: options.json ?? false,
    cold: options.cold ?? false,
    update: options.update ?? false,
    dirty: options.dirty ?? false,
    debugKernel: options.debugKernel ?? false,
  };
}

const takesStandardInput = ({ patches, baseline }: Pick<RunRequest, 'patches' | 'baseline'>) =>
  [...patches, ...baseline].includes('-');

/** @throws RequestError where it would be asked for twice: it can be read but once. */
function assertOneStandardInput(
  { patch = [], baseline = [] }: RunOptions,
  others: readonly string[],
): void {
  if ([...patch, ...baseline, ...others].filter((file) => file === '-').length < 2) return;
  const ways = ['--patch -', '--baseline -', ...(others.includes('-') ? ['--replay -'] : [])];
  throw new RequestError(`standard input is given twice, by ${ways.join(' or ')}`, {
    hint: 'give one of the two as a file',
  });
}

const fromCaller = (files: readonly string[] = []): string[] =>
  files.map((file) => (file === '-' ? file : path.resolve(callersFolder(), file)));

/** A path as its user would type it: relative, unless it lies elsewhere. */
export function shortPath(file: string): string {
  if (!path.isAbsolute(file)) return file;
  const relative = path.relative(callersFolder(), file);
  return relative.startsWith('..') || path.isAbsolute(relative) ? file : relative || '.';
}

/** How the base of a run is to be looked up. */
export const baseOptions = ({
  update,
  dirty,
}: Pick<RunRequest, 'update' | 'dirty'>): BaseOptions => ({
  update,
  dirty,
  from: callersFolder(),
});

/** npm runs scripts at the repository's root and says here where its user stands. */
export const callersFolder = (): string => process.env['INIT_CWD'] ?? process.cwd();

/** @throws RequestError for a value that is not among those that an option takes. */
export function oneOf<const T extends string>(
  option: string,
  value: string,
  known: readonly T[],
): T {
  const found = known.find((name) => name === value);
  if (found !== undefined) return found;
  throw new RequestError(`${option} does not know "${value}"`, {
    hint: `it takes ${known.join(', ')}`,
  });
}

const severalOf = <const T extends string>(
  option: string,
  values: readonly string[] | undefined,
  known: readonly T[],
): readonly T[] =>
  values?.flatMap((value) => value.split(',')).map((value) => oneOf(option, value, known)) ?? known;

function readPercent(value: string): number {
  if (/^\d+(\.\d+)?%?$/.test(value)) return Number(value.replace('%', ''));
  throw new RequestError(`--max-cost "${value}" is not a percentage`, {
    hint: 'such as --max-cost 5',
  });
}

/** The command that makes a run again, or several bases with the same options, as a user would type it. */
export function rerunCommand(
  request: RunRequest,
  {
    command: name,
    bases = [request.base],
    more = [],
  }: { command?: string; bases?: readonly string[]; more?: readonly string[] } = {},
): string {
  const all = <T>(chosen: readonly T[], known: readonly T[]): boolean =>
    chosen.length === known.length;
  const words = [
    ...(name === undefined ? [] : [name]),
    ...bases.flatMap((base) => ['--base', base]),
    ...request.patches.flatMap((file) => ['--patch', shortPath(file)]),
    ...request.baseline.flatMap((file) => ['--baseline', shortPath(file)]),
    ...(request.strategy === 'auto' ? [] : ['--strategy', request.strategy]),
    ...(all(request.checks, checks) ? [] : request.checks.flatMap(({ name }) => ['--check', name])),
    ...(all(request.backings, backings)
      ? []
      : request.backings.flatMap((name) => ['--backing', name])),
    ...(request.accelerator === 'auto' ? [] : ['--accel', request.accelerator]),
    ...(request.clock === 'counted' ? [] : ['--time', request.clock]),
    ...(request.maxCost === undefined ? [] : ['--max-cost', String(request.maxCost)]),
    ...(request.dirty ? ['--dirty'] : []),
    ...(request.debugKernel ? ['--debug-kernel'] : []),
    ...(request.cold ? ['--cold'] : []),
    ...more,
  ];
  const command = ['npm run qemu:test --', ...words.map(quoted)].join(' ');
  return takesStandardInput(request) ? `${command} # with the same on standard input` : command;
}

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
