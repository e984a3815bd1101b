import { run, type Context } from '@pinbench/host';
import { spellFrame, type Frame } from '@pinbench/model';

/**
 * Where in the source places in a module come from: `file:line` by what the kernel calls them. Those that the module
 * does not have, or has no line for, are left out.
 * @param file the module with its lines
 */
export async function codeLines(
  { signal }: Context,
  file: string,
  frames: readonly Frame[],
): Promise<Map<string, string>> {
  const { stdout } = await run('readelf', ['-SsW', file], { signal });
  const symbols = parseSymbols(stdout);
  const found = await Promise.all(
    frames.map(async (frame): Promise<[string, string][]> => {
      const [symbol, another] = symbols.filter(({ name }) => name === frame.symbol);
      if (symbol === undefined || another !== undefined) return [];
      // On a stack stands where a call returns to: what comes before is the call.
      const address = `0x${(symbol.address + Math.max(0, frame.offset - 1)).toString(16)}`;
      const args = ['-e', file, '-j', symbol.section, address];
      const line = (await run('addr2line', args, { signal })).stdout.trim();
      return /:\d+/.test(line) ? [[spellFrame(frame), inTree(line)]] : [];
    }),
  );
  return new Map(found.flat());
}

/**
 * The compiler was told what the folder stands for, but not where the kernel's headers lie, from which it ran. `file:line
 * (discriminator 2)` is how addr2line tells apart what one line was made into.
 */
const inTree = (line: string): string =>
  line.replace(/ \(.*$/, '').replace(/^\/(?:.*?\/)??((?:drivers|arch|include)\/)/, '$1');

/** A function of an object that is not linked yet; its address is that in its section. */
export type CodeSymbol = { name: string; section: string; address: number };

/** Reads the functions off `readelf -SsW`. */
export function parseSymbols(output: string): CodeSymbol[] {
  const sections = new Map(
    [...output.matchAll(/^ +\[ *(\d+)\] (\S+) +[A-Z]\w+ /gm)].map(
      ([, index = '', name = '']) => [index, name] as const,
    ),
  );
  return [...output.matchAll(/^ +\d+: ([0-9a-f]+) +\d+ FUNC +\w+ +\w+ +(\d+) (\S+)$/gm)].flatMap(
    ([, address = '', index = '', name = '']) => {
      const section = sections.get(index);
      return section === undefined ? [] : [{ name, section, address: parseInt(address, 16) }];
    },
  );
}
