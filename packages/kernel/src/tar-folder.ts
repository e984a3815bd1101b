import { BenchError } from '@pinbench/host';
import { firstHeader, tarEntries } from './tar-headers.ts';

/** An archive in pieces that can be read one at a time, in any order. `peek` gives no more than the beginning of one. */
export type Pieces = {
  count: number;
  read: (index: number) => Promise<Buffer>;
  peek: (index: number) => Promise<Buffer>;
};

/**
 * The part of a sorted tar archive that holds one folder, as a tar archive of its own, found with a binary search over
 * its pieces. `folder` is a path below the archive's only top folder. Undefined when it is not there, which in an
 * archive that is not sorted says nothing.
 */
export async function folderFromSortedTar(
  pieces: Pieces,
  folder: string,
): Promise<Buffer | undefined> {
  const first = await nextHeader(pieces, 0, pieces.count);
  if (!first) throw new BenchError('the kernel source archive is not as expected');
  const prefix = `${first.path.split('/')[0] ?? ''}/${folder}/`;
  let low = first.piece;
  for (let high = pieces.count; high - low > 1;) {
    const middle = Math.floor((low + high) / 2);
    const found = await nextHeader(pieces, middle, high);
    if (found && compare(found.path, prefix) < 0) low = found.piece;
    else high = middle;
  }
  return cutOut(pieces, low, prefix);
}

/** Paths are sorted as bytes, and a folder's own entry without its trailing slash (tar --sort=name on a file list). */
const compare = (a: string, b: string): number =>
  Buffer.compare(Buffer.from(a.replace(/\/$/, '')), Buffer.from(b));

/** The first piece in a range in which a file begins, and that file's path. A large file fills pieces by itself. */
async function nextHeader(
  pieces: Pieces,
  from: number,
  below: number,
): Promise<{ piece: number; path: string } | undefined> {
  for (let piece = from; piece < below; piece++)
    for (const look of [pieces.peek, pieces.read]) {
      const data = await look(piece);
      const start = firstHeader(data);
      const [first] = start === undefined ? [] : tarEntries(data, start);
      if (first) return { piece, path: first.path };
    }
  return undefined;
}

async function cutOut(pieces: Pieces, from: number, prefix: string): Promise<Buffer | undefined> {
  let data = await pieces.read(from);
  const start = firstHeader(data) ?? 0;
  for (let next = from + 1; ; next++) {
    const entries = [...tarEntries(data, start)];
    const inside = entries.filter((entry) => entry.path.startsWith(prefix));
    const last = entries.at(-1);
    const passed =
      last !== undefined && compare(last.path, prefix) > 0 && !last.path.startsWith(prefix);
    if (passed || next === pieces.count) {
      const range = [inside[0]?.start, inside.at(-1)?.end] as const;
      if (range[0] === undefined) return undefined;
      // Two empty sectors end an archive.
      return Buffer.concat([data.subarray(range[0], range[1]), Buffer.alloc(1024)]);
    }
    data = Buffer.concat([data, await pieces.read(next)]);
  }
}
