import { BenchError, type Context, type Json } from '@pinbench/host';
import { readPatches, resolveBase, wholeSourceKey } from '@pinbench/kernel';
import type { RowGround } from '@pinbench/model';
import { baseOptions, type RunRequest } from '../run/request.ts';
import { hashGround } from './asked.ts';
import { benchContent } from './bench-content.ts';

/** A base of a matrix: the run it asks for, and which kernel and what ground that is, where it could be found out. */
export type Identified = { request: RunRequest; release?: string; asked?: RowGround };

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
    const base = await identityOf(context, request);
    // Looked for newer packages once, a run finds what was chosen.
    const once = { ...request, update: false };
    bases.push({
      request: once,
      ...(base !== undefined && {
        release: base.release,
        asked: hashGround({ request, patches: hashes, base, bench }),
      }),
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

/** Undefined where the bench could not find out: the row says why, when its turn comes. */
async function identityOf(
  context: Context,
  request: RunRequest,
): Promise<{ release: string; source: Json; packages: Json } | undefined> {
  try {
    const base = await context.progress.stage(`base ${request.base}`, () =>
      resolveBase(context, request.base, baseOptions(request)),
    );
    return { release: base.release, source: wholeSourceKey(base), packages: base.packages };
  } catch (error) {
    if (error instanceof BenchError) return undefined;
    throw error;
  }
}
