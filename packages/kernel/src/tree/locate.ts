import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { RequestError } from '@pinbench/host';

/** What `tree:PATH[@REV]` names. */
export type Located = {
  path: string;
  rev?: string;
  kind: 'folder' | 'file';
};

const prefix = 'tree:';

export const isTreeSpec = (spec: string): boolean => spec.startsWith(prefix);

/**
 * Parts the path of a tree from its revision. Both may hold an `@`: the longest part that exists is the path.
 * @throws RequestError when nothing of it exists.
 */
export async function locate(spec: string, from: string): Promise<Located> {
  const text = spec.slice(prefix.length);
  if (text === '') throw new RequestError('tree: names no path', { hint: usage });
  for (const end of ends(text)) {
    const place = resolve(text.slice(0, end), from);
    const kind = await kindOf(place);
    if (kind === undefined) continue;
    const rev = text.slice(end + 1);
    if (end === text.length) return { path: place, kind };
    if (rev !== '') return { path: place, rev, kind };
    throw new RequestError(`${spec} ends with an @ and names no revision`, { hint: usage });
  }
  throw new RequestError(`there is no tree at ${resolve(text, from)}`, { hint: usage });
}

const usage = 'such as --base tree:../linux, tree:../linux@v4.15 or tree:linux-4.15.tar.xz';

/** Where a path may end, the longest first. */
const ends = (text: string): number[] => [
  text.length,
  ...[...text.matchAll(/@/g)]
    .map(({ index }) => index)
    .filter((index) => index > 0)
    .reverse(),
];

/** A shell does not put the home folder in for a ~ that stands behind a colon. */
const resolve = (text: string, from: string): string =>
  path.resolve(from, text.replace(/^~(?=\/|$)/, homedir()));

async function kindOf(place: string): Promise<Located['kind'] | undefined> {
  const seen = await stat(place).catch(() => undefined);
  if (seen === undefined) return undefined;
  return seen.isDirectory() ? 'folder' : 'file';
}
