import { atLeast } from '../../kernel-version.ts';
import type { Case } from '../cases/index.ts';
import { PAGE } from '../memory.ts';
import { mapped } from './mapped.ts';

/** The file system has no DAX option of its own: this one file is DAX, all others go through the page cache. */
export const byInode: Case = {
  ...mapped({
    name: 'fsdax-ext4: DAX by inode',
    backing: 'fsdax-ext4',
    parts: `fsdax-inode:${16 * PAGE}`,
    len: 16 * PAGE,
    place: 'persistent',
  }),
  skip: ({ kernel }) =>
    atLeast(kernel, 5, 8) ? undefined : 'DAX by inode came with v5.8 (b383a73f2b83)',
};
