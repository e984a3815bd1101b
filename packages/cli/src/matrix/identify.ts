import { BenchError, type Context } from '@pinbench/host';
import { readPatches, resolveBase, wholeSourceKey, type Base } from '@pinbench/kernel';
import type { RowGround } from '@pinbench/model';
import { baseOptions, type RunRequest } from '../run/request.ts';
import { hashGround } from './asked.ts';
import { benchContent } from './bench-content.ts';

/** A base of a matrix: the run it asks for, and which kernel and what ground that is, where it could be found out. */
export type Identified = {
  request: RunRequest;
  release?: string;
  asked?: RowGround;
  /** The ground of a row on what the base turns out to be when its turn comes: a tree may have changed by then. */
  groundOf: (base: Base) => RowGround;
};

export type Opened = { bases: Identified[]; subject?: string };

/**
 * Reads the patches and looks every base up, so that what is wrong with either is said before the first base runs.
 * @throws RequestError for what is not a patch, and for a base that is not there.
 */
export async function identifyBases(
  context: Context,
  runs: readonly [RunRequest, ...RunRequest[]],
): Promise<Opened> {
  const patches = await readPatches(context, runs[0].patches);
  const baseline = await readPatches(context, runs[0].baseline);
  const bench = await benchContent();
  const hashes = { underTest: hashesOf(patches), baseline: hashesOf(baseline) };
  const bases: Identified[] = [];
  for (const request of runs) {
    const base = await findBase(context, request);
    // Looked for newer packages once, a run finds what was chosen.
    const once = { ...request, update: false };
    const groundOf = (met: Base): RowGround =>
      hashGround({ request, patches: hashes, base: identityOf(met), bench });
    bases.push({
      request: once,
      groundOf,
      ...(base !== undefined && { release: base.release, asked: groundOf(base) }),
    });
  }
  const subject = subjectOf(patches);
  return { bases, ...(subject !== undefined && { subject }) };
}

const hashesOf = (patches: readonly { sha256: string }[]): string[] =>
  patches.map(({ sha256 }) => sha256);

/** The words of the first, and of how many it is the first. */
function subjectOf(patches: readonly { subject: string }[]): string | undefined {
  const [first, ...rest] = patches;
  return first && first.subject + (rest.length > 0 ? ` (and ${rest.length} more)` : '');
}

/** What a base is told from another by, whenever it is looked up. */
const identityOf = (base: Base) => ({
  release: base.release,
  source: wholeSourceKey(base),
  packages: base.packages,
});

/** Undefined where the bench could not find out: the row says why, when its turn comes. */
async function findBase(context: Context, request: RunRequest): Promise<Base | undefined> {
  try {
    return await context.progress.stage(`base ${request.base}`, () =>
      resolveBase(context, request.base, baseOptions(request)),
    );
  } catch (error) {
    if (error instanceof BenchError) return undefined;
    throw error;
  }
}
