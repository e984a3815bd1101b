import path from 'node:path';
import { repositoryRoot } from '@pinbench/host';
import type { Line } from './lines.ts';

/**
 * The patch files that come with pinbench for a line: those that take the rule out of a kernel that has it, and the
 * patch under test when the user gives none.
 */
export const shippedPatches = (line: Line): { baseline: string[]; underTest: string[] } => {
  const folder = path.join(repositoryRoot, 'qemu/patches', line.spec.replace(':', '-'));
  return {
    baseline: [path.join(folder, 'baseline.patch')],
    underTest: [path.join(folder, 'vfio-disable-fsdax-pinning.patch')],
  };
};
