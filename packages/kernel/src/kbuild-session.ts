import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, tryRun, type Context, type Json } from '@pinbench/host';
import type { DebianBase } from './debian-base.ts';
import type { KernelHeaders } from './headers.ts';
import { kbuildCommand, placeholder, type KbuildPlace } from './kbuild-command.ts';
import { readEnvironment, recordEnvironment } from './kbuild-record.ts';
import { toolLibraries } from './tool-libraries.ts';
import type { Toolchain } from './toolchain.ts';

/**
 * How modules are made with a kernel's headers. Where the kernel's top Makefile is known to us, what it hands down to
 * the makefiles that compile and link a folder is found out once: that takes some thirty runs of the compiler, half as
 * long as compiling a file, and is the same for every folder. Else make is left to do it each time.
 */
export type KbuildSession = KbuildPlace & {
  /** All that the settings and the environment follow from. */
  key: Json;
  /** Variables for make's command line. */
  settings: readonly string[];
  environment: Readonly<Record<string, string>>;
  /** The environment is that of the top Makefile's recipes. */
  recorded: boolean;
};

/** Debug information is most of what the compiler writes; of it lines are enough. */
const withoutDebugInfo = ['CONFIG_DEBUG_INFO=', 'CONFIG_DEBUG_INFO_BTF_MODULES='];

/**
 * Flags for modules that are built in `folder` and stand for `source` of the kernel. WARN and BUG record the file's
 * name: it must not depend on where the cache lies. Lines of code are for reports of the kernel that name an offset.
 */
export const moduleFlags = (folder: string, source: string): string =>
  `-g1 -ffile-prefix-map=${folder}=${source}`;

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
    `KCFLAGS=${moduleFlags(placeholder, source)}`,
    ...withoutDebugInfo,
  ];
  const key = sessionKey(base, headers, toolchain, settings);
  const place = { headers, root: toolchain.root };
  const surroundings = async (): Promise<Record<string, string>> => ({
    LANG: 'C',
    ...(toolchain.root === undefined && (await toolLibraries(context, base, headers))),
  });
  const recorded = listsModulesByKo(await readTopMakefile(headers));
  if (!recorded) return { ...place, key, settings, recorded, environment: await surroundings() };
  const entry = await context.cache.entry('kbuild', key, async (making) =>
    recordEnvironment(context, place, settings, await surroundings(), making),
  );
  return { ...place, key, settings, recorded, environment: await readEnvironment(entry) };
}

/** Debian's headers have a Makefile of one include, of the kernel's own. */
async function readTopMakefile({ folder }: KernelHeaders): Promise<string> {
  const makefile = await readFile(path.join(folder, 'Makefile'), 'utf8');
  const [, common] = /^include .*\/(linux-headers-[^/\s]+)\/Makefile$/m.exec(makefile) ?? [];
  return common === undefined
    ? makefile
    : readFile(path.join(folder, '..', common, 'Makefile'), 'utf8');
}

/**
 * True where modules.order names `.ko` files, as it does up to 6.2 (f65a486821cf), whose rule for single modules
 * makeModules() follows. Later rules build elsewhere (13b25489b6f8, v6.13) and hand down more.
 */
export const listsModulesByKo = (makefile: string): boolean =>
  /^single_modpost:.*\n.*echo \$\(extmod[-_]prefix\)\$m;/m.test(makefile);

/**
 * Builds modules in a folder as `make M=FOLDER TARGET.ko` does.
 * @param targets paths of .ko files below the folder
 * @returns what make said if it failed
 */
export async function makeModules(
  context: Context,
  session: KbuildSession,
  folder: string,
  targets: readonly string[],
): Promise<string | undefined> {
  if (session.recorded) return followRule(context, session, folder, targets);
  return make(context, session, folder, ['-C', session.headers.folder, ...targets]);
}

/** What the top Makefile's rule single_modpost does, by the same makefiles. */
async function followRule(
  context: Context,
  session: KbuildSession,
  folder: string,
  targets: readonly string[],
): Promise<string | undefined> {
  const source = session.environment['srctree'];
  if (source === undefined) throw new BenchError('kbuild did not say where its makefiles are');
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
    const rule = ['-f', path.join(source, 'scripts', makefile), ...args];
    const failed = await make(context, session, folder, rule);
    if (failed !== undefined) return failed;
  }
  return undefined;
}

async function make(
  { signal }: Context,
  session: KbuildSession,
  folder: string,
  args: readonly string[],
): Promise<string | undefined> {
  const words = ['make', ...session.settings, ...args];
  const command = await kbuildCommand(session, folder, session.environment, words);
  const [program, ...rest] = command;
  const finished = await tryRun(program, rest, { cwd: session.headers.folder, signal });
  return finished.exitCode === 0 ? undefined : finished.all;
}
