import { RequestError } from '@pinbench/host';
import type { Variant } from '@pinbench/model';
import type { ChainLink } from './chain.ts';
import { modulesIn, type Config, type KbuildModule } from './kbuild.ts';
import { sameName } from './modules.ts';

/** A folder's Makefiles, by folder below it. */
type Makefiles = ReadonlyMap<string, string>;

/** The modules to swap, or what stands in the way of that, as a sentence without its end. */
export type Swappable = { modules: KbuildModule[] } | { obstacle: string };

/** A folder whose modules can be swapped in a running kernel, its Makefiles in both variants, and the configuration. */
type SwapGround = {
  folder: string;
  chain: readonly ChainLink[];
  makefiles: Readonly<Record<Variant, Makefiles>>;
  config: Config;
};

/** The folder whose modules can be swapped. */
export const swapFolder = 'drivers/vfio';

/** True for files that no kernel build reads. */
export const isOutsideBuild = (file: string): boolean =>
  /^(Documentation|tools\/testing|LICENSES)\//.test(file) ||
  /^(MAINTAINERS|CREDITS|README|\.mailmap)$/.test(file);

/**
 * The files of a patch that go into a build.
 * @throws RequestError when there is none.
 */
export function requireBuilt(touched: readonly string[]): string[] {
  const built = touched.filter((file) => !isOutsideBuild(file));
  if (built.length > 0) return built;
  throw new RequestError('the patch changes nothing that is built', {
    hint: `it touches only ${touched.join(', ')}`,
  });
}

/** What keeps these files from being built apart from the kernel, before anything is fetched for them. */
export function obstacleOutside(built: readonly string[], folder: string): string | undefined {
  const stray = built.find((file) => !file.startsWith(`${folder}/`));
  return stray === undefined ? undefined : notSwappable(stray, `it is not part of ${folder}`);
}

/**
 * Refuses a patch that moves or copies a file between what is built and what is not: half of it would be left out.
 * @param text the diff
 * @throws RequestError that names the file.
 */
export function refuseMixedMove(text: string): void {
  for (const [, verb, from = '', to = ''] of text.matchAll(
    /^(rename|copy) from (.*)\n(?:rename|copy) to (.*)$/gm,
  )) {
    if (isOutsideBuild(from) === isOutsideBuild(to)) continue;
    const verbs = verb === 'copy' ? 'copies' : 'moves';
    throw new RequestError(`the patch ${verbs} ${from} to ${to}, and only one of them is built`, {
      hint: 'make a patch that deletes the one and adds the other: git format-patch --no-renames',
    });
  }
}

/**
 * The modules to build for these files, in the order in which they load: those a file goes into in either variant, and
 * those that use them, whose symbol versions must follow. Or what stands in the way: a file that does not go into a
 * swappable module of this configuration, or a module that only one variant has.
 */
export function modulesToSwap(built: readonly string[], ground: SwapGround): Swappable {
  const before = modulesIn(ground.makefiles.before, ground.config);
  const after = modulesIn(ground.makefiles.after, ground.config);
  const lone = loneModule(before, after, ground.folder);
  if (lone !== undefined) return { obstacle: lone };
  // A file that the patch deletes belongs where it was, one that it adds where it is now.
  const modules = [...before, ...after];
  const homes = built.map((file) => homeOf(file, modules, ground));
  const obstacle = homes.find((home) => typeof home === 'string');
  if (obstacle !== undefined) return { obstacle };
  const hit = new Set(homes.flat());
  const swapped = ground.chain.filter(({ name, needs }) => {
    const affected = hit.has(name) || needs.some((need) => hit.has(need));
    if (affected) hit.add(name);
    return affected;
  });
  return {
    modules: swapped.flatMap(({ name }) => after.find((each) => sameModule(each.name, name)) ?? []),
  };
}

/** What is taken out and put in again must be there on both sides, under the same name and in the same folder. */
function loneModule(
  before: readonly KbuildModule[],
  after: readonly KbuildModule[],
  folder: string,
): string | undefined {
  const missingIn = (others: readonly KbuildModule[]) => {
    const targets = new Set(others.map(({ target }) => target));
    return ({ target }: KbuildModule): boolean => !targets.has(target);
  };
  const [added, removed] = [after.find(missingIn(before)), before.find(missingIn(after))];
  const lone = added ?? removed;
  return (
    lone &&
    `the patch ${added ? 'adds' : 'takes away'} the module ${folder}/${lone.target}, and a module that only one variant has cannot be swapped`
  );
}

/** The modules of the chain that a file goes into, or why it goes into none. */
function homeOf(
  file: string,
  modules: readonly KbuildModule[],
  { folder, chain }: SwapGround,
): string[] | string {
  const below = file.slice(folder.length + 1);
  // A header or a Makefile may reach any of them.
  if (/\.h$|(^|\/)(Makefile|Kbuild)$/.test(below)) return chain.map(({ name }) => name);
  if (/(^|\/)Kconfig$/.test(below))
    return notSwappable(file, 'it changes how the kernel is configured');
  const owners = modules.filter(({ sources }) => sources.includes(below));
  if (owners.length === 0)
    return notSwappable(file, "it is not built as a module in this kernel's configuration");
  const links = owners.map(({ name }) => chain.find((link) => sameModule(link.name, name)));
  const loose = links.indexOf(undefined);
  if (loose === -1) return links.flatMap((link) => link?.name ?? []);
  return notSwappable(file, `it goes into ${owners[loose]?.name ?? 'a module'}, not loaded here`);
}

const sameModule = (a: string, b: string): boolean => sameName(a) === sameName(b);

const notSwappable = (file: string, why: string): string =>
  `${file} does not build into a module that can be swapped: ${why}`;
