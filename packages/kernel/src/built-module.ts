import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, run, type Context } from '@pinbench/host';
import type { BuiltModuleInResult } from '@pinbench/model';

/**
 * A module to be loaded. `code` is equal for two modules that do the same. `lines`: a file of the same code that tells
 * where in the source it comes from.
 */
export type BuiltModule = BuiltModuleInResult & { file: string; code: string; lines: string };

/** Reads off a module's file what tells it from others. */
export async function describeModule(
  context: Context,
  file: string,
): Promise<Omit<BuiltModule, 'lines'>> {
  const name = path.basename(file, '.ko');
  const [bytes, { stdout }] = await Promise.all([
    readFile(file),
    run('readelf', ['-nSW', file], { signal: context.signal }),
  ]);
  const [, buildId] = /Build ID: ([0-9a-f]+)/.exec(stdout) ?? [];
  if (buildId === undefined) throw new BenchError(`${name}.ko has no build id`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { name, buildId, sha256, file, code: hashCode(bytes, stdout) };
}

/**
 * SHA-256 over what the kernel loads and runs of an object, which may be itself.
 * @param sections what `readelf -SW` says of it
 */
export function hashCode(bytes: Buffer, sections: string): string {
  const code = createHash('sha256');
  for (const section of codeSections(parseSections(sections)))
    code
      .update(`${section.name} ${section.size}\n`)
      .update(section.stored ? bytes.subarray(section.offset, section.offset + section.size) : '');
  return code.digest('hex');
}

type Section = { name: string; offset: number; size: number; loaded: boolean; stored: boolean };

/** Reads the table of `readelf -SW`: name, type, address, offset, size, entry size and flags, in hex. */
export const parseSections = (output: string): Section[] =>
  [
    ...output.matchAll(
      /^ +\[ *\d+\] (\S+) +([A-Z]\w+) +[0-9a-f]+ ([0-9a-f]+) ([0-9a-f]+) [0-9a-f]+ +([A-Z]*) /gm,
    ),
  ].map(([, name = '', type, offset = '', size = '', flags = '']) => ({
    name,
    offset: parseInt(offset, 16),
    size: parseInt(size, 16),
    loaded: flags.includes('A'),
    stored: type !== 'NOBITS',
  }));

/** Loaded sections that say where something stands in the source, or who built it, and not what it does. */
const notCode = ['__bug_table', '__dyndbg', '.modinfo', '.note.gnu.build-id', '.notes'];

/** What the kernel loads and runs, and the relocations of it. */
export function codeSections(sections: readonly Section[]): Section[] {
  const loaded = sections.filter((each) => each.loaded && !notCode.includes(each.name));
  const wanted = new Set(loaded.flatMap(({ name }) => [name, `.rela${name}`]));
  return sections.filter(({ name }) => wanted.has(name));
}
