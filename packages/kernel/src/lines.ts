import { existsSync } from 'node:fs';
import path from 'node:path';
import { RequestError } from '@pinbench/host';

/** One kernel line of Debian's that a patch can be held against. What its packages are called, they say themselves. */
export type Line = {
  spec: string;
  suite: string;
  /** Depends on the newest image that the suite has. */
  metapackage: string;
  /** What the release of that image begins with. */
  version: string;
};

const metapackage = 'linux-image-amd64';

export const lines: readonly Line[] = [
  { spec: 'debian:5.10', suite: 'bullseye', metapackage, version: '5.10' },
  { spec: 'debian:6.1', suite: 'bookworm', metapackage, version: '6.1' },
  { spec: 'debian:6.12', suite: 'trixie', metapackage, version: '6.12' },
  // Whatever 7.x the suite has by now; the result names it.
  { spec: 'debian:7', suite: 'trixie-backports', metapackage, version: '7' },
];

/** @throws RequestError that lists the known ones, and says how a tree is given, since a bare path is a likely slip. */
export function lineOf(spec: string, from = process.cwd()): Line {
  const line = lines.find((each) => each.spec === spec);
  if (line) return line;
  const known = `known bases: ${lines.map((each) => each.spec).join(', ')}, tree:PATH[@REV]`;
  throw new RequestError(`unknown base ${spec}`, {
    hint: isThere(spec, from) ? `did you mean tree:${spec}? ${known}` : known,
  });
}

/** Whether it is the path of something, with or without a revision behind it. */
const isThere = (spec: string, from: string): boolean =>
  spec !== '' &&
  [spec, spec.replace(/@[^@]*$/, '')].some((place) => existsSync(path.resolve(from, place)));

/** What `--base` takes by name. */
export const debianLines: readonly string[] = lines.map(({ spec }) => spec);
