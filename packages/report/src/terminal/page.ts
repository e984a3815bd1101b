import type { Verdict } from '@pinbench/model';
import Table from 'cli-table3';
import picocolors from 'picocolors';
import wrapAnsi from 'wrap-ansi';

/** Lays text out in one width, with or without colour. */
export type Page = {
  width: number;
  bold: (text: string) => string;
  dim: (text: string) => string;
  /** A verdict word in its colour, or other text in the colour of a verdict. */
  verdict: (verdict: Verdict, text?: string) => string;
  /** A paragraph, indented. */
  text: (text: string, indent: number) => string[];
  /** A paragraph whose lines but the first are indented. */
  hang: (text: string, indent: number) => string[];
  /** A line of another program's, its spaces kept. */
  quote: (line: string) => string[];
  /** A name and what it stands for. */
  field: (name: string, text: string) => string[];
  table: (head: readonly string[], rows: readonly string[][], right: readonly number[]) => string[];
};

const FIELD = 12;

/** Columns are held between 80 and 100: narrower breaks the tables, wider is hard to read. */
export function makePage(options: { color?: boolean; width?: number }): Page {
  const colors = picocolors.createColors(options.color);
  const width = Math.min(100, Math.max(80, options.width ?? 96));
  const paint = {
    pass: colors.green,
    fail: colors.red,
    skip: colors.yellow,
    invalid: colors.magenta,
    error: colors.red,
  };
  const hang = (text: string, indent: number): string[] => {
    // Words longer than a line (paths) are left whole, so that they can be copied.
    const [first = '', ...rest] = wrapAnsi(text, width - indent).split('\n');
    return [first, ...rest.map((line) => ' '.repeat(indent) + line)];
  };
  const text = (content: string, indent: number): string[] => {
    const [first = '', ...rest] = hang(content, indent);
    return [' '.repeat(indent) + first, ...rest];
  };
  return {
    width,
    bold: colors.bold,
    dim: colors.dim,
    verdict: (verdict, content) => {
      const said = paint[verdict](content ?? verdict.toUpperCase());
      return content === undefined ? colors.bold(said) : said;
    },
    text,
    hang,
    quote: (line) =>
      wrapAnsi(line, width - 4, { trim: false, hard: true })
        .split('\n')
        .map((part) => `  | ${part}`),
    field: (name, content) => {
      const [first = '', ...rest] = text(content, FIELD);
      return [`  ${colors.dim(name.padEnd(FIELD - 2))}${first.trimStart()}`, ...rest];
    },
    table: (head, rows, right) => layTable(head.map(colors.dim), rows, right),
  };
}

/** Columns without frames: an indent of two, two spaces between. `right` names the columns set to the right. */
function layTable(
  head: readonly string[],
  rows: readonly string[][],
  right: readonly number[],
): string[] {
  const none = ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) => [
    [side, ''],
    [`${side}-mid`, ''],
    [`${side}-left`, ''],
    [`${side}-right`, ''],
    [`mid-${side}`, ''],
  ]);
  const table = new Table({
    chars: { ...Object.fromEntries(none), middle: '' } as Record<string, string>,
    style: { 'padding-left': 2, 'padding-right': 0, head: [], border: [] },
    colAligns: head.map((_, index) => (right.includes(index) ? 'right' : 'left')),
  });
  table.push([...head], ...rows.map((row) => [...row]));
  return table.toString().split('\n');
}
