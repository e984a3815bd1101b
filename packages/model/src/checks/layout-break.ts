import type { Backing } from '../backing.ts';
import { atLeast, type KernelVersion } from '../kernel-version.ts';

export type FileSystem = 'ext4' | 'xfs';

/** Since when a file system asks for DAX pages that are in use before it takes their blocks. */
export const layoutBreak: Readonly<
  Record<FileSystem, { readonly from: readonly [number, number]; readonly commit: string }>
> = {
  xfs: { from: [4, 18], commit: 'd6dc57e251a4' },
  ext4: { from: [4, 19], commit: '430657b6be89' },
};

/** True where truncate and fallocate wait until nobody refers to the DAX pages whose blocks they take. */
export const waitsForPages = (fs: FileSystem, kernel: KernelVersion): boolean =>
  atLeast(kernel, ...layoutBreak[fs].from);

/**
 * True where a hole punch in the DAX file behind a backing waits for its pages. Nothing else shows a reference that is
 * no pin and that is left on such a page.
 */
export const punchWaits = (backing: Backing, kernel: KernelVersion): boolean =>
  waitsForPages(backing === 'fsdax-xfs' ? 'xfs' : 'ext4', kernel);
