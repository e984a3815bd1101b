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
  const top = (await firstPath(pieces, 0)).split('/')[0] ?? '';
  const prefix = `${top}/${folder}/`;
  let low = 0;
  for (let high = pieces.count; high - low > 1;) {
    const middle = Math.floor((low + high) / 2);
    if (compare(await firstPath(pieces, middle), prefix) < 0) low = middle;
    else high = middle;
  }
  return cutOut(pieces, low, prefix);
}

/** Paths are sorted as bytes, and a folder's own entry without its trailing slash (tar --sort=name on a file list). */
const compare = (a: string, b: string): number =>
  Buffer.compare(Buffer.from(a.replace(/\/$/, '')), Buffer.from(b));

async function firstPath(pieces: Pieces, index: number): Promise<string> {
  for (const look of [pieces.peek, pieces.read]) {
    const piece = await look(index);
    const start = firstHeader(piece);
    const [first] = start === undefined ? [] : tarEntries(piece, start);
    if (first) return first.path;
  }
  throw new BenchError('the kernel source archive is not as expected');
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
