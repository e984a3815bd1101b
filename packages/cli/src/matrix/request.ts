import path from 'node:path';
import { RequestError } from '@pinbench/host';
import { isTreeSpec, lineOf } from '@pinbench/kernel';
import { readRequest, type RunOptions, type RunRequest } from '../run/request.ts';
import { slugOf } from './slug.ts';

/** The options of a run, with any number of bases. */
export type MatrixOptions = Omit<RunOptions, 'base'> & {
  base?: string[];
  resume?: true;
  status?: true;
};

/** A matrix that has been understood: a run for each base, each with a folder of its own below `out`. */
export type MatrixRequest = {
  runs: [RunRequest, ...RunRequest[]];
  out: string;
  json: boolean;
  resume: boolean;
  /** Read the sources too, and hold them against what was booted. */
  status: boolean;
};

/** One base makes a run, several a matrix; what only a matrix can do makes one of one base too. */
export const isMatrix = ({ base = [], resume, status }: MatrixOptions): boolean =>
  base.length > 1 || resume === true || status === true;

/**
 * Reads the options of a matrix, which are the same for every base.
 * @throws RequestError for a value or a base that is not known, and for a base that is given twice.
 */
export function readMatrixRequest(options: MatrixOptions): MatrixRequest {
  const { base: bases = [], resume = false, status = false, ...shared } = options;
  const twice = bases.find((base, index) => bases.indexOf(base) !== index);
  if (twice !== undefined) {
    throw new RequestError(`--base ${twice} is given twice`, { hint: 'leave one of the two out' });
  }
  for (const base of bases) if (!isTreeSpec(base)) lineOf(base);
  const runs = bases.map((base) =>
    readRequest({ ...forBase(base, bases, shared), out: path.join(options.out, slugOf(base)) }),
  );
  const [first, ...rest] = runs;
  if (first === undefined) throw new RequestError('a matrix without a base has no rows');
  return { runs: [first, ...rest], out: path.dirname(first.out), json: first.json, resume, status };
}

/** Uncommitted changes are those of the trees among the bases, where there are any. */
function forBase(
  base: string,
  all: readonly string[],
  shared: Omit<RunOptions, 'base'>,
): RunOptions {
  const { dirty, ...rest } = shared;
  const takesIt = isTreeSpec(base) || !all.some(isTreeSpec);
  return { ...rest, base, ...(dirty && takesIt && { dirty }) };
}
