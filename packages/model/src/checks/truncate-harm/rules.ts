import type { Pinning } from '../../expectation.ts';
import { atLeast, type KernelVersion } from '../../kernel-version.ts';
import type { FileChange } from '../../plan.ts';
import type { CaseExpectation } from '../cases/index.ts';
import { layoutBreak, waitsForPages, type FileSystem } from '../layout-break.ts';

/**
 * What comes of it when blocks are taken from a file whose first page was offered to the device. `overwrites`: the
 * call returns, and the device writes into the file that has the block next; `waits`: until it is interrupted;
 * `waits-deaf`: a signal does not end it; `harmless`: it returns, and the device reaches nothing.
 */
export type Fate = 'overwrites' | 'waits' | 'waits-deaf' | 'harmless';

export type Rule = CaseExpectation & { readonly fate: Fate };

/** In the words of the report. */
export const said: Readonly<Record<Fate, string>> = {
  overwrites: 'overwrites another file',
  waits: 'waits, even after the unmap',
  'waits-deaf': 'waits, a signal does not end it',
  harmless: 'returns, no harm',
};

const rule = (fate: Fate, why: string): Rule => ({ fate, said: said[fate], why });

/** Seen from 5.10 to 7.3; memmap_init_zone_device() marks the pages of a pmem device reserved on every kernel. */
export const neverGivenBack =
  'put_pfn() of vfio_iommu_type1 passes over pages that are marked reserved, as those of persistent memory are, so that their pins stay for good';

/** What a kernel is expected to do when that is asked of a file whose first page VFIO was asked to map. */
export function expectChange(
  pinning: Pinning,
  fs: FileSystem,
  change: FileChange,
  kernel: KernelVersion,
): Rule {
  if (pinning === 'longterm') {
    return rule('harmless', 'a page that was never pinned holds nothing up and takes no DMA');
  }
  return change === 'unlink' ? ofUnlink(kernel) : ofLayoutChange(fs, kernel);
}

function ofLayoutChange(fs: FileSystem, kernel: KernelVersion): Rule {
  const {
    from: [major, minor],
    commit,
  } = layoutBreak[fs];
  return waitsForPages(fs, kernel)
    ? rule('waits', `from ${major}.${minor} on ${fs} waits for DAX pages in use (${commit})`)
    : rule('overwrites', `up to ${major}.${minor - 1} ${fs} takes blocks that a device still uses`);
}

/**
 * A pin holds the page and not the inode, so that the last link and the last mapping take the file with them. From 6.15
 * on wait_page_idle_uninterruptible() in fs/dax.c waits for it: TASK_UNINTERRUPTIBLE, which SIGKILL does not end either.
 */
function ofUnlink(kernel: KernelVersion): Rule {
  return atLeast(kernel, 6, 15)
    ? rule(
        'waits-deaf',
        'from 6.15 on the eviction of an inode waits uninterruptibly for its DAX pages (0e2f80afcfa6)',
      )
    : rule(
        'overwrites',
        'up to 6.14 an inode is evicted, and its blocks freed, with DAX pages in use (0e2f80afcfa6 ended it)',
      );
}
