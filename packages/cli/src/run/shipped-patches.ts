import path from 'node:path';
import { repositoryRoot } from '@pinbench/host';
import type { Base } from '@pinbench/kernel';

/** The patches of ours that go with a base: what makes an honest before, and the patch under test in that base's form. */
export function shippedPatches(base: Base): { baseline: string[]; underTest: string[] } {
  const folder = path.join(repositoryRoot, 'qemu/patches', base.spec.replace(':', '-'));
  return {
    baseline: [path.join(folder, 'baseline.patch')],
    underTest: [path.join(folder, 'vfio-disable-fsdax-pinning.patch')],
  };
}
