import path from 'node:path';
import { mkdir, readFile } from 'node:fs/promises';
import { BenchError, digest, type Context } from '@pinbench/host';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import type { Apt, Archive } from './archive.ts';
import { libraryClosure, parseDepends } from './depends.ts';
import { parseStanzas } from './stanzas.ts';

const packageSchema = z.object({ name: z.string(), version: z.string(), depends: z.string() });
const resolutionSchema = z.object({
  resolvedAt: z.iso.datetime(),
  packages: z.array(packageSchema),
});

/** A package in the version that was chosen, with its dependencies as its control file says them. */
export type Package = z.infer<typeof packageSchema>;
/** Chosen versions, and when they were chosen. */
export type Resolution = z.infer<typeof resolutionSchema>;

/**
 * The versions of these packages that apt would install, in the order asked for. `NAME=VERSION` asks for one.
 * The answer is kept, and given without calling apt, until the archive is opened with `update`.
 * @throws BenchError when a package is not there.
 */
export const resolve = (
  context: Context,
  archive: Archive,
  names: readonly string[],
): Promise<Resolution> =>
  remembered(context, archive, ['versions', ...names], (apt) => show(archive, apt, names));

/**
 * These packages and every library they need, over any number of steps: what it takes to run their programs elsewhere.
 * What only maintainer scripts and side programs need (perl, python, debconf) is left out, unlike in an installation.
 */
export const closure = (
  context: Context,
  archive: Archive,
  names: readonly string[],
): Promise<Resolution> =>
  remembered(context, archive, ['closure', ...names], async (apt) => {
    const what = `cannot follow the libraries of ${names.join(', ')}`;
    const answer = await apt(what, 'apt-cache', ['depends', '--recurse', '--important', ...names]);
    return show(archive, apt, libraryClosure(names, parseDepends(answer)));
  });

async function show(archive: Archive, apt: Apt, names: readonly string[]): Promise<Package[]> {
  const what = `cannot resolve ${names.join(', ')} in ${archive.suite}`;
  const answer = parseStanzas(
    await apt(what, 'apt-cache', ['--no-all-versions', 'show', ...names]),
  );
  return names.map((wanted) => {
    const [name, version] = wanted.split('=');
    const stanza = answer.find(
      (each) => each['package'] === name && (version === undefined || each['version'] === version),
    );
    if (stanza?.['version'] !== undefined && name !== undefined)
      return { name, version: stanza['version'], depends: stanza['depends'] ?? '' };
    throw new BenchError(`${wanted} is not in ${archive.suite}`, {
      hint: 'run again with --update to read the package lists anew',
    });
  });
}

async function remembered(
  context: Context,
  archive: Archive,
  question: readonly string[],
  ask: (apt: Apt) => Promise<Package[]>,
): Promise<Resolution> {
  const file = path.join(archive.folder, 'answers', `${digest(question).slice(0, 24)}.json`);
  const known = archive.remembers ? await readAnswer(file) : undefined;
  if (known) return known;
  const resolvedAt = new Date().toISOString();
  const answer = { resolvedAt, packages: await archive.exclusively(context, ask) };
  await mkdir(path.dirname(file), { recursive: true });
  await writeFileAtomic(file, `${JSON.stringify({ question, ...answer }, null, 2)}\n`);
  return answer;
}

async function readAnswer(file: string): Promise<Resolution | undefined> {
  try {
    return resolutionSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}
