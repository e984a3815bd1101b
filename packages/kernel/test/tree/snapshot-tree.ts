import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/**
 * Everything below a folder that a write could change, by path: type, mode, owner, size, times of content and inode
 * (to the nanosecond) and content. Two snapshots are equal if nobody has written there between them.
 */
export function snapshotTree(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    ['.', ...names].map((name) => [name, stateOf(path.join(folder, name))]),
  );
}

function stateOf(place: string): string {
  const { mode, uid, gid, size, ino, nlink, mtimeNs, ctimeNs } = lstatSync(place, { bigint: true });
  return [mode.toString(8), uid, gid, size, ino, nlink, mtimeNs, ctimeNs, contentOf(place)].join(
    ' ',
  );
}

function contentOf(place: string): string {
  const seen = lstatSync(place);
  if (seen.isSymbolicLink()) return readlinkSync(place);
  return seen.isFile() ? createHash('sha256').update(readFileSync(place)).digest('hex') : '';
}
