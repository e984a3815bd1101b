import { run } from '@pinbench/host';

/** What a module says of itself: names of modules it needs, and of those that should be there first. */
export type ModuleInfo = { needs: string[]; wants: string[]; aliases: string[] };

/** Reads the `.modinfo` of several modules at once, in their order. */
export async function readModuleInfo(
  files: readonly string[],
  signal: AbortSignal,
): Promise<ModuleInfo[]> {
  // readelf puts names between files only if there are several: the first one stands twice.
  const { stdout } = await run('readelf', ['-p', '.modinfo', ...files, ...files.slice(0, 1)], {
    signal,
  });
  const sections = stdout.split(/^File: .*$/m).slice(1);
  return files.map((_file, index) => parseModuleInfo(sections[index] ?? ''));
}

/** Reads readelf's string dump of one `.modinfo` section. */
export function parseModuleInfo(dump: string): ModuleInfo {
  const entries = [...dump.matchAll(/^ +\[ *[0-9a-f]+\] +(\w+)=(.*)$/gm)];
  const values = (key: string): string[] =>
    entries.filter(([, name]) => name === key).map(([, , value = '']) => value.trim());
  return {
    needs: values('depends').flatMap((list) => list.split(',').filter((name) => name !== '')),
    // `softdep=pre: a b post: c`: only what comes first matters for the order of loading.
    wants: values('softdep').flatMap((text) =>
      (/pre:([^:]*)(?: post:|$)/.exec(text)?.[1] ?? '').split(' ').filter((name) => name !== ''),
    ),
    aliases: values('alias'),
  };
}
