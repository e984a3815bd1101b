import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, run, type Context } from '@pinbench/host';
import type { BuiltModuleInResult } from '@pinbench/model';

/** A module to be loaded. `code` is equal for two modules that do the same. */
export type BuiltModule = BuiltModuleInResult & { file: string; code: string };

/** Sections that say where something stands in the source, or who built it, and not what it does. */
const notCode = ['__bug_table', '__dyndbg', '.modinfo', '.note.gnu.build-id', '.comment'];

/** Reads off a module's file what tells it from others. */
export async function describeModule(context: Context, file: string): Promise<BuiltModule> {
  const name = path.basename(file, '.ko');
  const { stdout } = await run('readelf', ['-n', file], { signal: context.signal });
  const [, buildId] = /Build ID: ([0-9a-f]+)/.exec(stdout) ?? [];
  if (buildId === undefined) throw new BenchError(`${name}.ko has no build id`);
  const bare = `${file}.code`;
  const removed = notCode.flatMap((section) => [section, `.rela${section}`]);
  const options = ['--strip-debug', ...removed.map((section) => `--remove-section=${section}`)];
  await run('objcopy', [...options, file, bare], { signal: context.signal });
  const [sha256, code] = await Promise.all([file, bare].map(hash));
  return { name, buildId, sha256: sha256 ?? '', file, code: code ?? '' };
}

const hash = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
