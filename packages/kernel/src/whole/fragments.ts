import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, repositoryRoot } from '@pinbench/host';
import { kernelIn, versionRange } from '@pinbench/model';
import type { SourceVersion } from './inputs.ts';

/**
 * An option that is wanted of a configuration: `y`, `m`, `n` or a value, as a .config spells it, and who wants it.
 * `optional`: a kernel without it is as good.
 */
export type WantedOption = { symbol: string; value: string; fragment: string; optional?: true };

/** A file of options that one need of ours comes to. */
export type Fragment = { name: string; text: string };

const folder = path.join(repositoryRoot, 'qemu/config');

/** Reads qemu/config: what every kernel needs, and vfio the way it is wanted. */
export async function readFragments(vfioAsModules: boolean): Promise<Fragment[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.config')).sort();
  const all = [...names, `vfio/${vfioAsModules ? 'modules' : 'builtin'}.config`];
  return Promise.all(all.map(readFragment));
}

/** What a kernel that checks itself is asked for on top of that; all of it optional. */
export const readDebugFragment = (): Promise<Fragment> => readFragment('optional/debug.config');

const readFragment = async (name: string): Promise<Fragment> => ({
  name,
  text: await readFile(path.join(folder, name), 'utf8'),
});

/**
 * What fragments want of a kernel. A line is one of a .config; `# kernel RANGE` behind it says which versions have the
 * option.
 * @throws BenchError for a line that is none, and for two that contradict each other.
 */
export function wantedOptions(
  fragments: readonly Fragment[],
  version: SourceVersion,
): WantedOption[] {
  const options = fragments.flatMap((fragment) =>
    linesOf(fragment)
      .filter(({ range }) => kernelIn(version, range))
      .map(({ symbol, value }) => ({ symbol, value, fragment: fragment.name })),
  );
  const known = new Map<string, WantedOption>();
  for (const option of options) {
    const other = known.get(option.symbol);
    if (other !== undefined && other.value !== option.value)
      throw new BenchError(
        `${option.fragment} wants ${spellOption(option)}, and ${other.fragment} ${spellOption(other)}`,
      );
    known.set(option.symbol, option);
  }
  return [...known.values()];
}

/** The options of a fragment that a version is not asked for, with the versions that are. */
export const optionsOfOthers = (
  fragment: Fragment,
  version: SourceVersion,
): { symbol: string; range: string }[] =>
  linesOf(fragment)
    .filter(({ range }) => !kernelIn(version, range))
    .map(({ symbol, range }) => ({ symbol, range }));

type Line = { symbol: string; value: string; range: string };

const linesOf = ({ name, text }: Fragment): Line[] =>
  text.split('\n').flatMap((line, index) => parseLine(line, `${name}:${index + 1}`) ?? []);

function parseLine(line: string, where: string): Line | undefined {
  const [, off, on, value, range = '*'] =
    /^(?:# (CONFIG_\w+) is not set|(CONFIG_\w+)=("[^"]*"|[^\s"#]+))(?: # kernel (\S.*))?$/.exec(
      line,
    ) ?? [];
  const symbol = off ?? on;
  if (symbol !== undefined && versionRange.safeParse(range).success)
    return { symbol, value: value ?? 'n', range };
  if (line === '' || /^# (?!CONFIG_)/.test(line)) return undefined;
  throw new BenchError(`${where} in qemu/config is no option`, { detail: [line] });
}

/** As a .config has it. */
export const spellOption = ({ symbol, value }: Pick<WantedOption, 'symbol' | 'value'>): string =>
  value === 'n' ? `# ${symbol} is not set` : `${symbol}=${value}`;
