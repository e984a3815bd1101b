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

/** Takes a diff that git has read apart, by file and hunk. */
export const readChanges = (diff: string): FileChange[] =>
  parseDiff(diff).map(({ from, to, index, chunks }) => ({
    ...(named(from) && { from }),
    ...(named(to) && { to }),
    ...(index?.[0] !== undefined && { blob: index[0].split('..')[0] }),
    hunks: chunks.map(readHunk),
  }));

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

/** The hunks of a file that git names; it takes the first part off every path, whatever it is. */
export const hunksOf = (changes: readonly FileChange[], file: string): readonly Hunk[] =>
  changes
    .filter(({ from, to }) =>
      [from, to].some((name) => name === file || name?.endsWith(`/${file}`)),
    )
    .flatMap(({ hunks }) => hunks);
