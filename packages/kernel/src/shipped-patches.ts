import path from 'node:path';
import { repositoryRoot } from '@pinbench/host';
import { lines, type Line } from './lines.ts';

/**
 * Patch files that come with pinbench: those that make the ground of *before*, by taking the rule out of a kernel that
 * has it or by bringing what it stands on, and the patch under test when the user gives none.
 */
export type ShippedPatches = { baseline: string[]; underTest: string[] };

/** Those for a line of Debian's. */
export const shippedPatches = (line: Line): ShippedPatches =>
  patchesIn(line.spec.replace(':', '-'));

/**
 * Those for a tree, by the version in its Makefile: of Debian's line with that version, or of a line that the patch
 * was made for. Early 4.14.y has the same vaddr_get_pfn() as v4.15.
 */
export function shippedForTree(version: {
  major: number;
  minor: number;
}): ShippedPatches | undefined {
  const name = `${version.major}.${version.minor}`;
  const line = lines.find((each) => `${name}.`.startsWith(`${each.version}.`));
  if (line) return shippedPatches(line);
  return ['4.14', '4.15'].includes(name) ? patchesIn('v4.15') : undefined;
}

function patchesIn(name: string): ShippedPatches {
  const folder = path.join(repositoryRoot, 'qemu/patches', name);
  return {
    baseline: [path.join(folder, 'baseline.patch')],
    underTest: [path.join(folder, 'vfio-disable-fsdax-pinning.patch')],
  };
}
