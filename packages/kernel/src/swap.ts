import { RequestError } from '@pinbench/host';
import type { Variant } from '@pinbench/model';
import type { ChainLink } from './chain.ts';
import { modulesIn, type Config, type KbuildModule } from './kbuild.ts';
import { sameName } from './modules.ts';

/** A folder's Makefiles, by folder below it. */
type Makefiles = ReadonlyMap<string, string>;

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
 * Holds touched files against what can be swapped, before anything is fetched for them.
 * @returns the files that go into the build
 * @throws RequestError that names the first file whose test needs two kernels.
 */
export function requireSwappable(touched: readonly string[], folder: string): string[] {
  const built = touched.filter((file) => !isOutsideBuild(file));
  const stray = built.find((file) => !file.startsWith(`${folder}/`));
  if (stray !== undefined) throw needsTwoKernels(stray, `it is not part of ${folder}`);
  if (built.length > 0) return built;
  throw new RequestError('the patch changes nothing that is built', {
    hint: `it touches only ${touched.join(', ')}`,
  });
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
 * those that use them, whose symbol versions must follow.
 * @throws RequestError that names a file which does not go into a swappable module of this configuration, or a module
 * that only one variant has.
 */
export function modulesToSwap(built: readonly string[], ground: SwapGround): KbuildModule[] {
  const before = modulesIn(ground.makefiles.before, ground.config);
  const after = modulesIn(ground.makefiles.after, ground.config);
  refuseLoneModule(before, after, ground.folder);
  // A file that the patch deletes belongs where it was, one that it adds where it is now.
  const modules = [...before, ...after];
  const hit = new Set(built.flatMap((file) => modulesOfFile(file, modules, ground)));
  const swapped = ground.chain.filter(({ name, needs }) => {
    const affected = hit.has(name) || needs.some((need) => hit.has(need));
    if (affected) hit.add(name);
    return affected;
  });
  return swapped.flatMap(({ name }) => after.find((each) => sameModule(each.name, name)) ?? []);
}

/** What is taken out and put in again must be there on both sides, under the same name and in the same folder. */
function refuseLoneModule(
  before: readonly KbuildModule[],
  after: readonly KbuildModule[],
  folder: string,
): void {
  const missingIn = (others: readonly KbuildModule[]) => {
    const targets = new Set(others.map(({ target }) => target));
    return ({ target }: KbuildModule): boolean => !targets.has(target);
  };
  const [added, removed] = [after.find(missingIn(before)), before.find(missingIn(after))];
  const lone = added ?? removed;
  if (!lone) return;
  throw new RequestError(
    `the patch ${added ? 'adds' : 'takes away'} the module ${folder}/${lone.target}: a module that only one variant has cannot be swapped`,
    { hint: twoKernels },
  );
}

function modulesOfFile(
  file: string,
  modules: readonly KbuildModule[],
  { folder, chain }: SwapGround,
): string[] {
  const below = file.slice(folder.length + 1);
  // A header or a Makefile may reach any of them.
  if (/\.h$|(^|\/)(Makefile|Kbuild)$/.test(below)) return chain.map(({ name }) => name);
  if (/(^|\/)Kconfig$/.test(below))
    throw needsTwoKernels(file, 'it changes how the kernel is configured');
  const owners = modules.filter(({ sources }) => sources.includes(below));
  if (owners.length === 0)
    throw needsTwoKernels(file, "it is not built as a module in this kernel's configuration");
  const links = owners.map(({ name }) => chain.find((link) => sameModule(link.name, name)));
  const loose = links.indexOf(undefined);
  if (loose === -1) return links.flatMap((link) => link?.name ?? []);
  throw needsTwoKernels(file, `it goes into ${owners[loose]?.name ?? 'a module'}, not loaded here`);
}

const sameModule = (a: string, b: string): boolean => sameName(a) === sameName(b);

const twoKernels = 'testing it needs two kernels, which this version of pinbench does not do yet';

const needsTwoKernels = (file: string, why: string): RequestError =>
  new RequestError(`${file} does not build into a module that can be swapped: ${why}`, {
    hint: twoKernels,
  });
