/** A file in a tar archive: its path, and where its header (or the long name before it) starts and its data ends. */
export type TarEntry = { path: string; start: number; end: number };

const sector = 512;

/**
 * Reads the headers of a piece of a tar archive (ustar or GNU, tar(5)), beginning at `from`. Ends at the archive's end,
 * or with the last entry that begins within the piece; its `end` may lie beyond.
 */
export function* tarEntries(piece: Buffer, from: number): Generator<TarEntry> {
  let longName: string | undefined;
  let start = from;
  for (let at = from; at + sector <= piece.length && isHeader(piece, at);) {
    const data = at + sector;
    const end = data + Math.ceil(sizeOf(piece, at) / sector) * sector;
    const type = String.fromCharCode(piece[at + 156] ?? 0);
    if (type === 'L') longName = text(piece, data, Math.min(end, piece.length));
    else if (type !== 'x' && type !== 'g') {
      yield { path: longName ?? nameOf(piece, at), start, end };
      longName = undefined;
      start = end;
    }
    at = end;
  }
}

/** Where the first header in a piece lies that was cut out of the middle of an archive, at whole sectors. */
export function firstHeader(piece: Buffer): number | undefined {
  for (let at = 0; at + sector <= piece.length; at += sector) if (isHeader(piece, at)) return at;
  return undefined;
}

function isHeader(piece: Buffer, at: number): boolean {
  if (piece.toString('latin1', at + 257, at + 262) !== 'ustar') return false;
  let sum = 0;
  for (let index = 0; index < sector; index++)
    sum += index >= 148 && index < 156 ? 0x20 : (piece[at + index] ?? 0);
  return sum === octal(piece, at + 148, 8);
}

const text = (piece: Buffer, from: number, to: number): string => {
  const end = piece.indexOf(0, from);
  return piece.toString('utf8', from, end === -1 || end > to ? to : end);
};

const octal = (piece: Buffer, from: number, length: number): number =>
  parseInt(
    piece
      .toString('latin1', from, from + length)
      .replace(/[^0-7]+$/, '')
      .trim() || '0',
    8,
  );

const sizeOf = (piece: Buffer, at: number): number => octal(piece, at + 124, 12);

function nameOf(piece: Buffer, at: number): string {
  const name = text(piece, at, at + 100);
  // GNU's magic is `ustar  `; only POSIX's `ustar\0` has a prefix field.
  const prefix = piece[at + 262] === 0 ? text(piece, at + 345, at + 500) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}
