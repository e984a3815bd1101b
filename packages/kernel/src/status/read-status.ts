import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from '@pinbench/host';
import type { StatusReport, Variant } from '@pinbench/model';
import type { Base } from '../base.ts';
import type { Overlays } from '../overlay.ts';
import { laySource, wholeSourceKey } from '../source.ts';
import { readSourceStatus, statusFiles, type SourceReader } from './read-source.ts';

/** Of a few hundred kilobytes each. */
const keep = 40;

/**
 * Where the source of a base stands. Only the files that are asked about are taken out of it; nothing is built.
 * @throws RequestError when a tree cannot be read. BenchError when the source of a Debian kernel cannot be had.
 */
export async function readStatus(context: Context, base: Base): Promise<StatusReport> {
  const key = { source: wholeSourceKey(base), files: [...statusFiles] };
  const folder = await context.cache.entry(
    'status-source',
    key,
    (making) => laySource(context, base, making, statusFiles),
    { keep, signal: context.signal },
  );
  return {
    base: base.spec,
    version: base.kind === 'tree' ? base.release : base.sourceVersion,
    ...(base.tree?.commit !== undefined && { commit: base.tree.commit }),
    ...(await readSourceStatus(folderReader(folder))),
  };
}

/** Reads a source that lies in a folder. */
export const folderReader =
  (folder: string): SourceReader =>
  async (file) => {
    try {
      return await readFile(path.join(folder, file), 'utf8');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR'].includes(String(error.code));

/** Reads a source as before and after have it. */
export function variantReaders(
  source: { folder: string },
  { before, after }: Pick<Overlays, Variant>,
): Record<Variant, SourceReader> {
  const below = folderReader(source.folder);
  return {
    before: before ? overlaidReader(below, before) : below,
    after: overlaidReader(below, after),
  };
}

/** Reads a source as patches leave it: what they touch lies in the folder in its final state, or is gone. */
export function overlaidReader(
  below: SourceReader,
  { folder, touched }: { folder: string; touched: readonly string[] },
): SourceReader {
  const above = folderReader(folder);
  return (file) => (touched.includes(file) ? above(file) : below(file));
}
