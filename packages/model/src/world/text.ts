import { backings } from '../backing.ts';
import type { WorldOperation } from './operation.ts';
import type { PartBacking, PartShape } from './shapes.ts';

/**
 * Sequences as text, in the way of the agent's plans (qemu/guest/PLAN.md): an operation per line, `key=value` in any
 * order, `#` begins a comment line. Places in a window, lengths of an unmap and the limit are in pages.
 */

const PAGE = 4096;
/** Longer than anything a guest has memory for. */
const MOST_PAGES = 1 << 20;
/** Slots, parts: more of either is a slip of the pen. */
const MOST_INDEX = 63;

type OperationName = WorldOperation['op'];

/** The keys of each operation, as they are written; one with `?` may be left out. */
const keysOf: Record<OperationName, readonly string[]> = {
  mmap: ['area', 'parts', 'share', 'prot', 'touch'],
  munmap: ['area'],
  hole: ['area', 'part'],
  load: ['area', 'part'],
  store: ['area', 'part'],
  'child-load': ['area', 'part'],
  'child-store': ['area', 'part'],
  truncate: ['area', 'part'],
  punch: ['area', 'part'],
  unlink: ['area', 'part'],
  create: ['area', 'part'],
  map: ['area', 'at', 'first', 'count', 'prot', 'limit?'],
  unmap: ['area', 'at', 'pages'],
  'dma-read': ['area', 'at'],
  'dma-write': ['area', 'at'],
  open: [],
  close: [],
  fork: [],
  exit: [],
};

const isOperationName = (word: string): word is OperationName => Object.hasOwn(keysOf, word);

/** One operation as a line, without its end. */
export function formatOperation(operation: WorldOperation): string {
  const values = valuesOf(operation);
  const pairs = keysOf[operation.op].flatMap((key) => {
    const value = values[nameOf(key)];
    return value === undefined ? [] : [`${nameOf(key)}=${value}`];
  });
  return [operation.op, ...pairs].join(' ');
}

/** A sequence as text, an operation per line. @param comments lines that stand above it */
export const formatSequence = (
  operations: readonly WorldOperation[],
  comments: readonly string[] = [],
): string =>
  [...comments.map((line) => `# ${line}`.trimEnd()), ...operations.map(formatOperation)]
    .map((line) => `${line}\n`)
    .join('');

function valuesOf(operation: WorldOperation): Readonly<Record<string, string | number>> {
  switch (operation.op) {
    case 'mmap': {
      const { parts, share, prot, touch } = operation.shape;
      return { area: operation.area, parts: parts.map(formatPart).join(','), share, prot, touch };
    }
    case 'map': {
      const { asked, ...values } = operation;
      return { ...values, prot: asked };
    }
    default:
      return { ...operation };
  }
}

const formatPart = ({ backing, pages }: PartShape): string => `${backing}:${formatSize(pages)}`;

const formatSize = (pages: number): string =>
  pages % 256 === 0 ? `${pages / 256}M` : `${pages * 4}K`;

const nameOf = (key: string): string => key.replace('?', '');

/** Reads one line. @throws RangeError that says what is wrong with it */
export function parseOperation(line: string): WorldOperation {
  const [op = '', ...words] = line.trim().split(/\s+/);
  if (!isOperationName(op)) throw new RangeError(`no operation "${shown(op)}"`);
  const values = new Values(op, readPairs(words));
  values.holdAgainst(keysOf[op]);
  switch (op) {
    case 'mmap':
      return { op, area: values.index('area'), shape: shapeOf(values) };
    case 'map':
      return {
        op,
        area: values.index('area'),
        at: values.pages('at'),
        first: values.index('first'),
        count: values.pages('count', 1),
        asked: values.word('prot', ['rw', 'ro']),
        ...(values.has('limit') && { limit: values.pages('limit') }),
      };
    case 'unmap':
      return {
        op,
        area: values.index('area'),
        at: values.pages('at'),
        pages: values.pages('pages', 1),
      };
    case 'dma-read':
    case 'dma-write':
      return { op, area: values.index('area'), at: values.pages('at') };
    case 'munmap':
      return { op, area: values.index('area') };
    case 'open':
    case 'close':
    case 'fork':
    case 'exit':
      return { op };
    default:
      return { op, area: values.index('area'), part: values.index('part') };
  }
}

/** Reads a whole file. @throws RangeError that names the line */
export function parseSequence(text: string): WorldOperation[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === '' || line.trim().startsWith('#')) return [];
    try {
      return [parseOperation(line)];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new RangeError(`line ${index + 1}: ${error.message}`);
    }
  });
}

/** Of a word in a message. */
const MOST_SHOWN = 40;

/** A word as a terminal can take it: the file may be anything, a kernel image by mistake. */
const shown = (word: string): string => {
  const characters = Array.from(word.slice(0, 2 * MOST_SHOWN));
  const start = characters.slice(0, MOST_SHOWN).join('');
  const text = start.replace(
    /[\p{C}\p{Z}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return characters.length > MOST_SHOWN ? `${text}...` : text;
};

function readPairs(words: readonly string[]): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const word of words) {
    const [key = '', value] = word.split(/=(.*)/);
    if (value === undefined) throw new RangeError(`"${shown(word)}" is not key=value`);
    if (pairs.has(key)) throw new RangeError(`${shown(key)}= stands there twice`);
    pairs.set(key, value);
  }
  return pairs;
}

/** What stands in a line behind its operation. */
class Values {
  private readonly op: OperationName;
  private readonly pairs: ReadonlyMap<string, string>;

  constructor(op: OperationName, pairs: ReadonlyMap<string, string>) {
    this.op = op;
    this.pairs = pairs;
  }

  has(key: string): boolean {
    return this.pairs.has(key);
  }

  holdAgainst(keys: readonly string[]): void {
    const names = keys.map(nameOf);
    const unknown = [...this.pairs.keys()].find((key) => !names.includes(key));
    if (unknown !== undefined) throw new RangeError(`${this.op} has no ${shown(unknown)}=`);
    const missing = keys.find((key) => !key.endsWith('?') && !this.pairs.has(key));
    if (missing !== undefined) throw new RangeError(`${this.op} needs ${missing}=`);
  }

  text(key: string): string {
    return this.pairs.get(key) ?? '';
  }

  word<Word extends string>(key: string, words: readonly Word[]): Word {
    const found = words.find((word) => word === this.text(key));
    if (found === undefined) {
      throw new RangeError(`${key}=${shown(this.text(key))} is none of ${words.join(', ')}`);
    }
    return found;
  }

  index(key: string): number {
    return this.whole(key, 0, MOST_INDEX);
  }

  pages(key: string, least = 0): number {
    return this.whole(key, least, MOST_PAGES);
  }

  private whole(key: string, least: number, most: number): number {
    const text = this.text(key);
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (!(value >= least && value <= most)) {
      throw new RangeError(`${key}=${shown(text)} is no whole number from ${least} to ${most}`);
    }
    return value;
  }
}

const shapeOf = (values: Values): Extract<WorldOperation, { op: 'mmap' }>['shape'] => ({
  parts: values.text('parts').split(',').map(parsePart),
  share: values.word('share', ['shared', 'private']),
  prot: values.word('prot', ['rw', 'ro']),
  touch: values.word('touch', ['write', 'read', 'none']),
});

const partBackings = backings.filter((backing) => backing !== 'half-fsdax');

function parsePart(text: string): PartShape {
  const [name = '', size = ''] = text.split(':');
  const backing: PartBacking | undefined = partBackings.find((each) => each === name);
  if (backing === undefined) {
    throw new RangeError(
      `"${shown(text)}" is no part: none of ${partBackings.join(', ')} before a ":"`,
    );
  }
  const [, digits, unit] = /^(\d{1,9})([KMG]?)$/.exec(size) ?? [];
  const pages = (Number(digits) * 1024 ** ['', 'K', 'M', 'G'].indexOf(unit ?? '')) / PAGE;
  if (!Number.isInteger(pages) || pages < 1 || pages > MOST_PAGES) {
    throw new RangeError(`"${shown(text)}" has no length in whole pages of 4K`);
  }
  return { backing, pages };
}
