import { openArchive, resolve, type Archive, type Package } from '@pinbench/debian';
import { BenchError, type Context } from '@pinbench/host';
import type { BaseInResult } from '@pinbench/model';
import {
  compilerOf,
  headersPackages,
  imagePackages,
  readMetapackage,
  sourcePackage,
} from './kernel-packages.ts';
import { lineOf, type Line } from './lines.ts';

/** A kernel as Debian ships it: which packages, in which versions. Unpacked by what needs them. */
export type DebianBase = BaseInResult & {
  kind: 'debian';
  line: Line;
  /** The suite it comes from. */
  archive: Archive;
  /** One package, or several where Debian splits the kernel from its modules. */
  image: Package[];
  /** Those of the flavour first, then those common to all, then the build tools. */
  headers: Package[];
  source: Package;
  /** What Debian built it with, such as `gcc-12`. */
  compiler: string;
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
  // Asking for one version of all is what makes sure that image, headers and source are the same kernel.
  const choose = async (names: readonly string[]): Promise<Package[]> =>
    (
      await resolve(
        context,
        archive,
        names.map((name) => `${name}=${version}`),
      )
    ).packages;
  const [whole, flavour] = await choose([`linux-image-${release}`, `linux-headers-${release}`]);
  if (!whole || !flavour) throw new BenchError(`${spec} did not resolve to packages`);
  const [parts, beside] = [imagePackages(release, whole), headersPackages(flavour)];
  const rest = await choose([...parts, ...beside, sourcePackage(release)]);
  const image = rest.slice(0, parts.length);
  const headers = [flavour, ...rest.slice(parts.length, -1)];
  const source = rest.at(-1);
  if (!source) throw new BenchError(`${spec} did not resolve to packages`);
  return {
    kind: 'debian',
    spec,
    release,
    sourceVersion: version,
    packages: [...image, ...headers, source].map((each) => ({
      name: each.name,
      version: each.version,
    })),
    resolvedAt: newest.resolvedAt,
    line,
    archive,
    image,
    headers,
    source,
    compiler: compilerOf(flavour),
  };
}
