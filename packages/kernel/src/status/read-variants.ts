import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, type Context } from '@pinbench/host';
import type { StatusReport } from '@pinbench/model';
import type { Base } from '../base.ts';
import { prepareOverlays } from '../overlay.ts';
import type { PatchSet } from '../patch-set.ts';
import { readSourceVersion } from '../source-version.ts';
import { laySource, wholeSourceKey } from '../source.ts';
import type { KernelSource } from '../whole/inputs.ts';
import { readSourceStatus, statusFiles, type SourceReader } from './read-source.ts';
import { readStatus, variantReaders } from './read-status.ts';

/**
 * Where a base stands as it is, and what its patches make of it: before and after. Nothing is built.
 * @throws RequestError when a patch does not apply or a tree cannot be read. BenchError when the source of a Debian
 * kernel cannot be had.
 */
export async function readVariants(
  context: Context,
  base: Base,
  set: PatchSet,
): Promise<Record<'base' | 'before' | 'after', StatusReport>> {
  const report = await readStatus(context, base);
  const source = await partOfSource(context, base, set);
  const overlays = await prepareOverlays(context, base, source, set, { whole: false });
  const readers = variantReaders(source, overlays);
  const read = async (reader: SourceReader): Promise<StatusReport> => ({
    ...report,
    ...(await readSourceStatus(reader)),
  });
  return {
    base: report,
    before: await read(readers.before),
    after: await read(readers.after),
  };
}

/** As many as there are patches that one works on. */
const keep = 40;

/** Of a base's source what is read of it and what patches touch, which is a matter of a moment. */
export async function partOfSource(
  context: Context,
  base: Base,
  { baseline, underTest }: PatchSet,
): Promise<KernelSource> {
  const touched = [...baseline, ...underTest].flatMap(({ touches }) => touches);
  const files = [...new Set(['Makefile', ...statusFiles, ...touched])].sort();
  const key = { source: wholeSourceKey(base), files };
  const folder = await context.cache.entry(
    'status-source',
    key,
    (making) => laySource(context, base, making, files),
    { keep, signal: context.signal },
  );
  const version = readSourceVersion(await readFile(path.join(folder, 'Makefile'), 'utf8'));
  if (version) return { folder, key, version };
  throw new BenchError(`the source of ${base.spec} has no kernel's Makefile`);
}
