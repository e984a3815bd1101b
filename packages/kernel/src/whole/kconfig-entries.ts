import type { Config } from '../kbuild.ts';
import type { LostOption } from './lost-options.ts';

/** Kconfig files by their path in the tree. */
export type KconfigFiles = ReadonlyMap<string, string>;

/**
 * Why kconfig gave another value than was wanted, as far as its files say: no such option, conditions that are not
 * met, or another option that selects it. Conditions of menus and `if` blocks around an option are not looked at.
 */
export function explainLoss(
  { symbol, value }: LostOption,
  files: KconfigFiles,
  got: Config,
): string {
  const name = symbol.replace(/^CONFIG_/, '');
  const entries = entriesOf(name, files);
  if (entries.length === 0) return 'this source has no such option';
  if (value === 'n') {
    const selecting = selectorsOf(name, files).filter((each) => got.has(`CONFIG_${each}`));
    return selecting.length > 0 ? `selected by ${selecting.join(', ')}` : 'it cannot be turned off';
  }
  const unmet = entries.flatMap(({ depends }) => depends.filter((each) => !isMet(each, got)));
  if (unmet.length > 0) return `it depends on ${[...new Set(unmet)].join(' and on ')}`;
  const places = [...new Set(entries.map(({ file }) => file))].join(', ');
  return `see what surrounds it in ${places}`;
}

type Entry = { file: string; depends: string[] };

const header = /^(?:menu)?config[ \t]+(\w+)[ \t]*$/;

function entriesOf(name: string, files: KconfigFiles): Entry[] {
  return [...files].flatMap(([file, text]) =>
    blocksOf(text)
      .filter((block) => block.name === name)
      .map(({ body }) => ({
        file,
        depends: [...body.matchAll(/^\s+depends on (.*)$/gm)].map(([, condition = '']) =>
          condition.trim(),
        ),
      })),
  );
}

const selectorsOf = (name: string, files: KconfigFiles): string[] => [
  ...new Set(
    [...files.values()].flatMap((text) =>
      blocksOf(text)
        .filter(({ body }) => new RegExp(`^\\s+select ${name}\\b`, 'm').test(body))
        .map((block) => block.name),
    ),
  ),
];

/** The `config` blocks of a file; continued lines are joined. */
function blocksOf(text: string): { name: string; body: string }[] {
  const blocks: { name: string; body: string }[] = [];
  let current: { name: string; body: string } | undefined;
  for (const line of text.replace(/\\\n/g, ' ').split('\n')) {
    const [, name] = header.exec(line) ?? [];
    if (name !== undefined) blocks.push((current = { name, body: '' }));
    else if (/^\S/.test(line) && !line.startsWith('#')) current = undefined;
    else if (current) current.body += `${line}\n`;
  }
  return blocks;
}

/** Reads `A && (B || !C)`; what it cannot read, such as a macro, counts as met. */
function isMet(condition: string, config: Config): boolean {
  const words = condition.replace(/#.*$/, '').match(/&&|\|\||[!()]|\w+|[^\s\w]+/g) ?? [];
  if (words.some((word) => /[^\w!()&|]/.test(word))) return true;
  let at = 0;
  const take = (word: string): boolean => words[at] === word && ++at > 0;
  const either = (): boolean => {
    let met = both();
    while (take('||')) met = both() || met;
    return met;
  };
  const both = (): boolean => {
    let met = one();
    while (take('&&')) met = one() && met;
    return met;
  };
  const one = (): boolean => {
    if (take('!')) return !one();
    if (take('(')) {
      const met = either();
      take(')');
      return met;
    }
    const word = words[at++] ?? 'y';
    return word === 'y' || (word !== 'n' && config.has(`CONFIG_${word}`));
  };
  return either();
}
