import type { Context } from '@pinbench/host';
import type { StatusReport } from '@pinbench/model';
import type { Base } from '../base.ts';
import { prepareOverlays } from '../overlay.ts';
import type { Patch } from '../patch.ts';
import { readSourceStatus } from './read-source.ts';
import { folderReader, overlaidReader } from './read-status.ts';
import { partOfSource } from './read-variants.ts';

/**
 * Where the source of before stands: a base with its baseline, if it has one. Nothing is built.
 * @throws RequestError when the baseline does not apply or a tree cannot be read. BenchError when the source of a
 * Debian kernel cannot be had.
 */
export async function readBefore(
  context: Context,
  base: Base,
  baseline: readonly Patch[],
): Promise<Pick<StatusReport, 'type1' | 'spapr'>> {
  const set = { baseline: [], underTest: baseline, shippedBaseline: false };
  const source = await partOfSource(context, base, set);
  const below = folderReader(source.folder);
  if (baseline.length === 0) return readSourceStatus(below);
  const { after } = await prepareOverlays(context, base, source, set, { whole: false });
  return readSourceStatus(overlaidReader(below, after));
}
