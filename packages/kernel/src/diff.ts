import parseDiff from 'parse-diff';

/** A hunk: what it expects to find in the file and what it would leave, line by line, and where. */
export type Hunk = {
  /** Of its file, from 1. */
  number: number;
  header: string;
  /** The line of the file at which `before` begins, from 1. */
  start: number;
  /** The same in the patched file. */
  newStart: number;
  before: string[];
  after: string[];
  added: string[];
  /** How many lines of context stand at its top and its bottom. */
  leading: number;
  trailing: number;
};

/** What a diff does to one file. A file that is made has no `from`, one that is deleted no `to`. */
export type FileChange = { from?: string; to?: string; blob?: string; hunks: Hunk[] };

/**
 * Takes a diff that git has read apart, by file and hunk.
 * @param touched the names that git gives the files: it takes the first part off every path, whatever it is
 */
export const readChanges = (diff: string, touched: readonly string[]): FileChange[] =>
  parseDiff(diff).map(({ from, to, index, chunks }) => ({
    ...(named(from) && { from: asTouched(from, touched) }),
    ...(named(to) && { to: asTouched(to, touched) }),
    ...blobIn(index),
    hunks: chunks.map(readHunk),
  }));

const asTouched = (name: string, touched: readonly string[]): string =>
  touched.find((each) => name === each || name.endsWith(`/${each}`)) ?? name;

/** What the file was before, from `index e30e29ae4819..45657e2b1ff7 100644`. */
function blobIn(index: readonly string[] | undefined): { blob?: string } {
  const [, blob] = /^([0-9a-f]{7,})\.\./.exec(index?.[0] ?? '') ?? [];
  return blob === undefined ? {} : { blob };
}

const named = (name: string | undefined): name is string =>
  name !== undefined && name !== '/dev/null';

function readHunk(chunk: parseDiff.Chunk, index: number): Hunk {
  const changes = chunk.changes.filter(({ content }) => !content.startsWith('\\'));
  const lines = (without: 'add' | 'del' | undefined): string[] =>
    changes.filter(({ type }) => type !== without).map(({ content }) => content.slice(1));
  const first = changes.findIndex(({ type }) => type !== 'normal');
  const last = changes.findLastIndex(({ type }) => type !== 'normal');
  return {
    number: index + 1,
    header: chunk.content,
    start: chunk.oldStart,
    newStart: chunk.newStart,
    before: lines('add'),
    after: lines('del'),
    added: changes.filter(({ type }) => type === 'add').map(({ content }) => content.slice(1)),
    leading: first,
    trailing: changes.length - 1 - last,
  };
}

/** The hunks that change a file. */
export const hunksOf = (changes: readonly FileChange[], file: string): readonly Hunk[] =>
  changes.filter(({ from, to }) => from === file || to === file).flatMap(({ hunks }) => hunks);
