import { BenchError } from '@pinbench/host';
import type { Package } from '@pinbench/debian';
import type { Line } from './lines.ts';

/** A kernel as its metapackage names it: `6.1.0-56-amd64`, and the version of its packages. */
export type Named = { release: string; version: string };

/**
 * What a metapackage such as linux-image-amd64 points to: `linux-image-6.1.0-56-amd64 (= 6.1.192-2)`.
 * @throws BenchError when it names no kernel, or one of another line.
 */
export function readMetapackage({ metapackage, suite, version }: Line, depends: string): Named {
  const [, release, of] = /linux-image-(\S+) \(= ([^)]+)\)/.exec(depends) ?? [];
  if (release === undefined || of === undefined)
    throw new BenchError(`${metapackage} in ${suite} does not name a kernel`, {
      detail: [`Depends: ${depends}`],
    });
  if (release.startsWith(`${version}.`)) return { release, version: of };
  throw new BenchError(`${suite} has no Linux ${version} any more, but ${release}`, {
    hint: 'a newer pinbench may know where this line has gone',
  });
}

/** The names of the packages that hold the kernel, in the parts that Debian splits it into from 6.19 on, or as one. */
export function imagePackages(release: string, { depends }: Pick<Package, 'depends'>): string[] {
  const parts = [...depends.matchAll(/linux-(?:base|binary|modules)-(\S+) \(= /g)]
    .filter(([, of]) => of === release)
    .map(([name]) => name.replace(/ .*/, ''));
  return parts.length > 0 ? parts : [`linux-image-${release}`];
}

/** What the headers of one kernel need beside themselves: those common to all flavours, and the build tools. */
export function headersPackages({ name, depends }: Pick<Package, 'name' | 'depends'>): string[] {
  const names = depends.split(/[,|]/).map((each) => each.trim().replace(/ .*/, ''));
  return [/^linux-headers-.*-common$/, /^linux-kbuild-/].map((pattern) => {
    const found = names.find((each) => pattern.test(each));
    if (found !== undefined) return found;
    throw new BenchError(`${name} does not name its parts`, { detail: [`Depends: ${depends}`] });
  });
}

/** `linux-source-6.12` of `6.12.117+deb13-amd64`. */
export const sourcePackage = (release: string): string =>
  `linux-source-${/^\d+\.\d+/.exec(release)?.[0] ?? release}`;

/**
 * What Debian built the kernel with, `gcc-12`: its headers depend on that compiler, by itself or as
 * `linux-compiler-gcc-10-x86`, `gcc-14-for-host`.
 * @throws BenchError when they depend on none.
 */
export function compilerOf({ name, depends }: Pick<Package, 'name' | 'depends'>): string {
  const [compiler] = /\bgcc-\d+\b/.exec(depends) ?? [];
  if (compiler !== undefined) return compiler;
  throw new BenchError(`${name} does not name the kernel's compiler`, {
    detail: [`Depends: ${depends}`],
  });
}
