/** A place in the kernel's code as its reports have it: `function+0x12/0x34 [module]`. Both numbers are in bytes. */
export type Frame = { symbol: string; offset: number; size: number; module?: string };

const place = /([A-Za-z_][\w.]*)\+0x([0-9a-f]+)\/0x([0-9a-f]+)(?: \[(\w+)[^\]]*\])?/;

/** The first place that a line names. */
export function frameIn(line: string): Frame | undefined {
  const [, symbol, offset = '', size = '', module] = place.exec(line) ?? [];
  return symbol === undefined
    ? undefined
    : {
        symbol,
        offset: parseInt(offset, 16),
        size: parseInt(size, 16),
        ...(module !== undefined && { module }),
      };
}

/** A line of a console after its time stamp. */
export const textOf = (line: string): string =>
  line.replace(/^\[ *\d+\.\d+\](\[ *[CT]\d+\])? /, '');

/** The stack of a report, innermost first, without what the unwinder is not sure of (`? function+...`). */
export function stackOf(excerpt: readonly string[]): Frame[] {
  const texts = excerpt.map(textOf);
  const start = texts.findIndex((text) => /^Call [Tt]race:/.test(text));
  if (start === -1) return [];
  const after = texts.slice(start + 1);
  const end = after.findIndex((text) => !text.startsWith(' ') || text === ' </TASK>');
  return after
    .slice(0, end === -1 ? undefined : end)
    .filter((text) => /^ +(<[A-Z]+> +)?[A-Za-z_]/.test(text))
    .flatMap((text) => frameIn(text) ?? []);
}

/** Every place in a report that lies in a module. */
export const moduleFrames = (excerpt: readonly string[]): (Frame & { module: string })[] =>
  excerpt.flatMap((line) => {
    const frame = frameIn(textOf(line));
    return frame?.module === undefined ? [] : [{ ...frame, module: frame.module }];
  });

/** A function by the name it has in the source: a compiler splits some, and says so behind a dot. */
export const sourceName = (symbol: string): string => symbol.replace(/\..*$/, '');

export const spellFrame = ({ symbol, offset, module }: Frame): string =>
  `${symbol}+0x${offset.toString(16)}${module === undefined ? '' : ` [${module}]`}`;
