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

/** @throws RequestError that lists the known ones. */
export function lineOf(spec: string): Line {
  const line = lines.find((each) => each.spec === spec);
  if (line) return line;
  throw new RequestError(`unknown base ${spec}`, {
    hint: `known bases: ${lines.map((each) => each.spec).join(', ')}`,
  });
}

/** What `--base` takes by name. */
export const debianLines: readonly string[] = lines.map(({ spec }) => spec);
