import { openArchive, resolve, type Archive, type Package } from '@pinbench/debian';
import { BenchError, type Context } from '@pinbench/host';
import type { BaseInResult } from '@pinbench/model';
import { lineOf, type Line } from './lines.ts';

/** A kernel as Debian ships it: which packages, in which versions. Unpacked by what needs them. */
export type DebianBase = BaseInResult & {
  kind: 'debian';
  line: Line;
  /** The suite it comes from; what runs in the guest is taken from there too. */
  archive: Archive;
  image: Package;
  headers: Package[];
  source: Package;
};

/**
 * Chooses the newest kernel of a line, all of it from one source version, and keeps to it until `update`.
 * @throws RequestError for an unknown base. BenchError when the mirror does not answer or has no such packages.
 */
export async function resolveDebianBase(
  context: Context,
  spec: string,
  { update = false } = {},
): Promise<DebianBase> {
  const line = lineOf(spec);
  const archive = openArchive(context, line.suite, { update });
  const newest = await resolve(context, archive, [line.metapackage]);
  const { release, version } = readMetapackage(line, newest.packages[0]?.depends ?? '');
  const names = packageNames(line, release);
  // Asking for one version of all is what makes sure that image, headers and source are the same kernel.
  const { packages } = await resolve(
    context,
    archive,
    [names.image, ...names.headers, names.source].map((name) => `${name}=${version}`),
  );
  const [image, ...rest] = packages;
  const source = rest.pop();
  if (!image || !source) throw new BenchError(`${spec} did not resolve to packages`);
  return {
    kind: 'debian',
    spec,
    release,
    sourceVersion: version,
    packages: packages.map((each) => ({ name: each.name, version: each.version })),
    resolvedAt: newest.resolvedAt,
    line,
    archive,
    image,
    headers: rest,
    source,
  };
}

/** What a metapackage such as linux-image-amd64 points to: `linux-image-6.1.0-56-amd64 (= 6.1.192-2)`. */
export function readMetapackage(line: Line, depends: string): { release: string; version: string } {
  const [, release, version] = /linux-image-(\S+) \(= ([^)]+)\)/.exec(depends) ?? [];
  if (release !== undefined && version !== undefined) return { release, version };
  throw new BenchError(`${line.metapackage} in ${line.suite} does not name a kernel`, {
    detail: [`Depends: ${depends}`],
  });
}

/** How Debian names the packages of one kernel; the headers come in three parts. */
export function packageNames(
  line: Line,
  release: string,
): { image: string; headers: string[]; source: string } {
  const common = release.replace(new RegExp(`-${line.flavour}$`), '-common');
  return {
    image: `linux-image-${release}`,
    headers: [`linux-headers-${release}`, `linux-headers-${common}`, line.kbuild],
    source: line.source,
  };
}
