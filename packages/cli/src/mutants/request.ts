import { RequestError } from '@pinbench/host';
import { debianLines } from '@pinbench/kernel';
import { asksSequences, checks, type Mutant } from '@pinbench/model';
import { oneOf, readRequest, type RunRequest } from '../run/request.ts';
import { readCatalogue, type ShippedCatalogue } from './shipped-catalogue.ts';

/** The options of the command as commander hands them over. */
export type MutantsOptions = {
  base: string;
  mutant?: string[];
  check?: string[];
  accel: string;
  out: string;
  json?: true;
  update?: true;
  by?: string;
};

/** A run of mutants that has been understood. */
export type MutantsRequest = {
  /** What all of them are asked, and of which base. */
  run: RunRequest;
  catalogue: ShippedCatalogue;
  mutants: readonly Mutant[];
  /** They are asked nothing but random sequences. */
  by?: 'conformance';
};

/**
 * Reads the options of the command.
 * @throws RequestError for what is not known, and where no mutant is left to try.
 */
export async function readMutantsRequest(options: MutantsOptions): Promise<MutantsRequest> {
  const { mutant: ids, by: only, ...shared } = options;
  const by = only === undefined ? undefined : oneOf('--by', only, ['conformance'] as const);
  if (by !== undefined && options.check !== undefined) {
    throw new RequestError('--by and --check both say what the mutants are asked', {
      hint: 'leave one of the two out',
    });
  }
  const run = readRequest({ ...shared, check: askedFor(options.check), time: 'off' });
  const catalogue = await readCatalogue(run.base, debianLines);
  const wanted = chosen(
    catalogue.mutants,
    ids?.flatMap((value) => value.split(',')),
  );
  const asked = new Set(run.checks.map(({ name }) => name));
  // Only where some checks are left out are those left out that are meant for them.
  const mutants =
    options.check !== undefined && ids === undefined
      ? wanted.filter(({ check }) => asked.has(check))
      : wanted;
  if (mutants.length > 0) return { run, catalogue, mutants, ...(by && { by }) };
  throw new RequestError(`no mutant is meant for ${[...asked].join(', ')} to catch`, {
    hint: 'leave --check out, or name mutants with --mutant',
  });
}

/** The command that does it again, as a user would type it. */
export function commandFor({ run, catalogue, mutants, by }: MutantsRequest): string {
  const all = run.checks.map(({ name }) => name).join() === usual.join();
  const some = mutants.length < catalogue.mutants.length;
  const words = [
    ...['--base', run.base],
    ...(all ? [] : run.checks.flatMap(({ name }) => ['--check', name])),
    ...(by === undefined ? [] : ['--by', by]),
    ...(some ? mutants.flatMap(({ id }) => ['--mutant', id]) : []),
    ...(run.accelerator === 'auto' ? [] : ['--accel', run.accelerator]),
  ];
  return ['npm run qemu:test -- mutants', ...words].join(' ');
}

/** Random sequences catch much of it all; what each check is named for has to be caught by that. */
const untimed = checks
  .filter((check) => !check.timed && !asksSequences(check))
  .map(({ name }) => name);
/** Random questions only where they are asked for. */
const usual = checks.filter(({ timed, random }) => !timed && !random).map(({ name }) => name);

/** Checks that measure time say nothing of right and wrong. */
function askedFor(names: readonly string[] | undefined): string[] {
  const asked = names?.flatMap((value) => value.split(',')) ?? usual;
  const timed = checks.find(({ name, timed }) => timed && asked.includes(name));
  if (timed === undefined) return asked;
  throw new RequestError(`${timed.name} measures time, and catches no mutant`, {
    hint: `it takes ${untimed.join(', ')}`,
  });
}

function chosen(all: readonly Mutant[], ids: readonly string[] | undefined): readonly Mutant[] {
  const unknown = ids?.find((id) => !all.some((mutant) => mutant.id === id));
  if (unknown !== undefined) {
    throw new RequestError(`--mutant does not know "${unknown}"`, {
      hint: `it takes ${all.map(({ id }) => id).join(', ')}`,
    });
  }
  return ids === undefined ? all : all.filter(({ id }) => ids.includes(id));
}
