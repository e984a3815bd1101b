import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, run, tryRun, type Context, type Json } from '@pinbench/host';
import type { DebianBase } from './debian-base.ts';
import type { KernelHeaders } from './headers.ts';
import { enterRoot, sandboxPath, type Words } from './sandbox.ts';
import { toolLibraries } from './tool-libraries.ts';
import type { Toolchain } from './toolchain.ts';

/**
 * What the kernel's top Makefile hands down to the makefiles that compile and link a folder of modules. Finding it out
 * takes some thirty runs of the compiler, half as long as compiling a file; it is the same for every folder.
 */
export type KbuildSession = {
  /** All that the settings and the environment follow from. */
  key: Json;
  headers: KernelHeaders;
  /** The root that kbuild runs in, where it does not run on the host itself. */
  root?: string;
  /** Variables for make's command line. */
  settings: readonly string[];
  environment: Readonly<Record<string, string>>;
};

/** Stands for the folder that is built wherever its path goes into the environment. */
const placeholder = '@folder@';

/** Debug information is most of what the compiler writes, and nothing in the guest reads it. */
const withoutDebugInfo = ['CONFIG_DEBUG_INFO=', 'CONFIG_DEBUG_INFO_BTF_MODULES='];

/** A module folder with no module in it, which writes down the environment that recipes run in. */
const recorder = 'always-y := environment\n$(obj)/environment: FORCE\n\tenv -0 > $@\n';

/** To be raised when what is made of the same input changes. */
const recipe = 1;

/** What a session is kept under: of two compilers that go by one name it is the version that tells. */
export const sessionKey = (
  base: { headers: readonly { name: string; version: string }[] },
  headers: KernelHeaders,
  { version, linker, root }: Toolchain,
  settings: readonly string[],
): Json => ({
  recipe,
  headers: base.headers.map((each) => ({ name: each.name, version: each.version })),
  folder: headers.folder,
  compiler: version,
  linker,
  root: root === undefined ? null : path.basename(root),
  settings,
});

/** Opens a session for folders that stand for `source` of the kernel, such as drivers/vfio. */
export async function openKbuild(
  context: Context,
  base: DebianBase,
  headers: KernelHeaders,
  toolchain: Toolchain,
  source: string,
): Promise<KbuildSession> {
  const settings = [
    `M=${placeholder}`,
    `CC=${toolchain.compiler}`,
    // WARN and BUG record the file's name: it must not depend on where the cache lies.
    `KCFLAGS=-ffile-prefix-map=${placeholder}=${source}`,
    ...withoutDebugInfo,
  ];
  const key = sessionKey(base, headers, toolchain, settings);
  const place = await context.cache.entry('kbuild', key, async (making) => {
    await writeFile(path.join(making, 'Kbuild'), recorder);
    // Variables such as ARCH or CROSS_COMPILE, which a kernel developer may have set, would lead kbuild astray.
    const { root } = toolchain;
    const surroundings = {
      ...searchPath(root),
      LANG: 'C',
      ...(root === undefined && (await toolLibraries(context, base, headers))),
    };
    const clean = Object.entries(surroundings).map(([name, value]) => `${name}=${value}`);
    const make = ['make', '-C', headers.folder, ...fill(settings, making), 'modules'];
    const command = ['env', '-i', ...clean, ...make] as const;
    const [program, ...args] = await within({ headers, root }, making, command);
    await run(program, args, { signal: context.signal });
    const recorded = await readFile(path.join(making, 'environment'), 'utf8');
    const environment = parseEnvironment(recorded.replaceAll(making, placeholder));
    await writeFile(path.join(making, 'environment.json'), JSON.stringify(environment));
  });
  const environment = await readFile(path.join(place, 'environment.json'), 'utf8');
  return {
    key,
    headers,
    ...(toolchain.root !== undefined && { root: toolchain.root }),
    settings,
    environment: JSON.parse(environment) as Record<string, string>,
  };
}

/** The one variable of the user's shell that make is given. It says where tools lie, not which: it is in no key. */
const searchPath = (root: string | undefined): { PATH: string } => ({
  PATH: root === undefined ? (process.env['PATH'] ?? '') : sandboxPath,
});

/** A command as it is run: as it stands, or in the session's root, where it sees the headers and one folder to write to. */
async function within(
  { headers, root }: { headers: KernelHeaders; root?: string | undefined },
  folder: string,
  command: Readonly<Words>,
): Promise<Words> {
  if (root === undefined) return [...command];
  const sight = { read: [headers.root], write: [folder], cwd: headers.folder };
  return [...(await enterRoot(root, sight)), ...command];
}

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

/**
 * Builds modules in a folder: what the top Makefile does for `make M=FOLDER TARGET.ko` (its single_modpost rule), by
 * the same makefiles.
 * @param targets paths of .ko files below the folder
 * @returns what make said if it failed
 */
export async function makeModules(
  context: Context,
  session: KbuildSession,
  folder: string,
  targets: readonly string[],
): Promise<string | undefined> {
  const source = session.environment['srctree'];
  if (source === undefined) throw new BenchError('kbuild did not say where its makefiles are');
  const entries = Object.entries({ ...session.environment, ...searchPath(session.root) });
  const environment = fill(
    entries.map(([name, value]) => `${name}=${value}`),
    folder,
  );
  const goals = targets.flatMap((target) => [
    path.join(folder, target.replace(/\.ko$/, '.o')),
    path.join(folder, target.replace(/\.ko$/, '.mod')),
  ]);
  const modules = targets.map((target) => `${path.join(folder, target)}\n`);
  await writeFile(path.join(folder, 'modules.order'), modules.join(''));
  const steps = [
    ['Makefile.build', `obj=${folder}`, 'need-builtin=1', 'need-modorder=1', ...goals],
    ['Makefile.modpost'],
    ['Makefile.modfinal'],
  ];
  for (const [makefile = '', ...args] of steps) {
    const make = ['make', '-f', path.join(source, 'scripts', makefile)];
    const settings = fill(session.settings, folder);
    const command = ['env', '-i', ...environment, ...make, ...settings, ...args] as const;
    const [program, ...words] = await within(session, folder, command);
    const options = { cwd: session.headers.folder, signal: context.signal };
    const { exitCode, all } = await tryRun(program, words, options);
    if (exitCode !== 0) return all;
  }
  return undefined;
}

const fill = (texts: readonly string[], folder: string): string[] =>
  texts.map((text) => text.replaceAll(placeholder, folder));
