import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run, type Context } from '@pinbench/host';
import { kbuildCommand, placeholder, type KbuildPlace } from './kbuild-command.ts';

/** A module folder with no module in it, which writes down the environment that recipes run in. */
const recorder = 'always-y := environment\n$(obj)/environment: FORCE\n\tenv -0 > $@\n';

/** Has make build an empty folder, and writes down in it what its recipes were handed. */
export async function recordEnvironment(
  { signal }: Context,
  place: KbuildPlace,
  settings: readonly string[],
  surroundings: Readonly<Record<string, string>>,
  folder: string,
): Promise<void> {
  await writeFile(path.join(folder, 'Kbuild'), recorder);
  const make = ['make', '-C', place.headers.folder, ...settings, 'modules'];
  const [program, ...args] = await kbuildCommand(place, folder, surroundings, make);
  await run(program, args, { signal });
  const recorded = await readFile(path.join(folder, 'environment'), 'utf8');
  const environment = parseEnvironment(recorded.replaceAll(folder, placeholder));
  await writeFile(path.join(folder, 'environment.json'), JSON.stringify(environment));
}

/** What was recorded in a folder. */
export const readEnvironment = async (folder: string): Promise<Record<string, string>> =>
  JSON.parse(await readFile(path.join(folder, 'environment.json'), 'utf8')) as Record<
    string,
    string
  >;

/**
 * Reads `env -0` of a recipe. Left out is what belongs to the run of make that it was recorded in, and to the shell it
 * was started from; of make's flags the variables after ` -- ` go, since they are given anew.
 */
export function parseEnvironment(recorded: string): Record<string, string> {
  const notForUs = /^(MAKELEVEL|MAKEOVERRIDES|MFLAGS|obj|need-.*|_|SHLVL|PWD|OLDPWD|PATH)$/;
  const variables = recorded
    .split('\0')
    .filter((entry) => entry.includes('='))
    .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)])
    .filter(([name = '']) => !notForUs.test(name));
  const environment = Object.fromEntries(variables) as Record<string, string>;
  const flags = environment['MAKEFLAGS']?.split(' -- ')[0];
  return { ...environment, ...(flags !== undefined && { MAKEFLAGS: flags }) };
}
