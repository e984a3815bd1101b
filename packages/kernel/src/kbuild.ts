import path from 'node:path';

/** A loadable module as the Makefiles describe it: its name, `make` target and sources, from the top folder down. */
export type KbuildModule = { name: string; target: string; sources: string[] };

/** `y`, `m` or a value, by symbol. */
export type Config = ReadonlyMap<string, string>;

/** Reads a kernel configuration file. Symbols that are not set are left out. */
export const parseConfig = (text: string): Config =>
  new Map(
    [...text.matchAll(/^(CONFIG_\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );

/**
 * The modules that a folder's Makefiles build in a configuration (Documentation/kbuild/makefiles.rst, chapters 3.2 to
 * 3.5), looking only where they say. Assignments alone are read: conditionals and functions of make are not evaluated.
 * @param makefiles text by folder, `.` for the top one
 */
export function modulesIn(makefiles: ReadonlyMap<string, string>, config: Config): KbuildModule[] {
  const found: KbuildModule[] = [];
  const visit = (folder: string): void => {
    const goals = parseAssignments(makefiles.get(folder) ?? '');
    const under = (name: string): string => path.posix.join(folder, name);
    for (const goal of valuesOf(goals, 'obj', config, ['m'])) {
      if (goal.endsWith('/')) visit(path.posix.normalize(under(goal)).replace(/\/$/, ''));
      else found.push(moduleOf(goal.replace(/\.o$/, ''), goals, config, under));
    }
  };
  visit('.');
  return found;
}

function moduleOf(
  name: string,
  goals: readonly Assignment[],
  config: Config,
  under: (name: string) => string,
): KbuildModule {
  const parts = ['y', 'm'].flatMap((value) => valuesOf(goals, name, config, [value]));
  const objects = parts.length > 0 ? parts : [`${name}.o`];
  return {
    name,
    target: under(`${name}.ko`),
    sources: objects.map((object) => under(object.replace(/\.o$/, '.c'))),
  };
}

type Assignment = { list: string; condition: string; values: string[] };

/** `obj-$(CONFIG_VFIO) += vfio.o` is the list `obj` under the condition `CONFIG_VFIO`; `vfio-y` is under `y`. */
function parseAssignments(makefile: string): Assignment[] {
  const lines = makefile.replace(/\\\n/g, ' ').replace(/#.*$/gm, '');
  const pattern = /^(\S+)-(?:\$\((CONFIG_\w+)\)|(y|m|objs))\s*[:+]?=\s*(.*)$/gm;
  return [...lines.matchAll(pattern)].map(([, list = '', symbol, literal = '', values = '']) => ({
    list,
    condition: symbol ?? (literal === 'objs' ? 'y' : literal),
    values: values.split(/\s+/).filter((value) => value !== ''),
  }));
}

/** Folders are entered whatever their condition says other than no, since what is in them has its own. */
const valuesOf = (
  assignments: readonly Assignment[],
  list: string,
  config: Config,
  wanted: readonly string[],
): string[] =>
  assignments
    .filter((each) => each.list === list)
    .flatMap(({ condition, values }) => {
      const value = condition.startsWith('CONFIG_') ? config.get(condition) : condition;
      return values.filter(
        (name) =>
          value !== undefined &&
          (wanted.includes(value) || (name.endsWith('/') && ['y', 'm'].includes(value))),
      );
    });
