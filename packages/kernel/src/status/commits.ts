import type { UpstreamCommit } from '@pinbench/model';

/**
 * The commits that made what a source may hold. Each hash was seen beside its subject, in a copy of the kernel's history
 * or in a Fixes: line; of bb94b55af346 only the change was seen: not in 4.16.13, but in 4.14.67 and in 4.19. The version
 * is the first release of the mainline; of bb94b55af346 it is what is said of it.
 */
export const commits = {
  type1: commit('73fa0d10d077', 'v3.6', 'vfio: Type1 IOMMU implementation'),
  longtermGup: commit('2bb6d2837083', 'v4.15', 'mm: introduce get_user_pages_longterm'),
  deviceDax: commit('230f5a8969d8', 'v4.16', 'dax: fix vma_is_fsdax() helper'),
  refusal: commit('94db151dc892', 'v4.16', 'vfio: disable filesystem-dax page pinning'),
  lock: commit('bb94b55af346', 'v4.18', 'vfio: Use get_user_pages_longterm correctly'),
  daxVmas: commit(
    '9a4e9f3b2d73',
    'v5.1',
    'mm: update get_user_pages_longterm to migrate pages allocated from CMA region',
  ),
  longtermFlag: commit(
    '932f4a630a69',
    'v5.2',
    'mm/gup: replace get_user_pages_longterm() with FOLL_LONGTERM',
  ),
  longtermRemote: commit(
    '3567813eae5e',
    'v5.6',
    'vfio: fix FOLL_LONGTERM use, simplify get_user_pages_remote() call',
  ),
  vfioPin: commit(
    '19fed0dae94d',
    'v5.6',
    'vfio, mm: pin_user_pages (FOLL_PIN) and put_user_page() conversion',
  ),
  checkVmaFlags: commit(
    '52650c8b466b',
    'v5.11',
    'mm/gup: remove the vma allocation from gup_longterm_locked()',
  ),
  pin: commit('eddb1c228f79', 'v5.6', 'mm/gup: introduce pin_user_pages*() and FOLL_PIN'),
  unpin: commit(
    'f1f6a7dd9b53',
    'v5.6',
    'mm, tree-wide: rename put_user_page*() to unpin_user_page*()',
  ),
  mapLock: commit(
    '9740ca4e95b4',
    'v5.8',
    'mmap locking API: initial implementation as rwsem wrappers',
  ),
  lookUp: commit(
    'ce6d42f2e4a2',
    'v5.14',
    'mm: add vma_lookup(), update find_vma_intersection() comments',
  ),
  spaprV1: commit('5ffd229c0273', 'v3.11', 'powerpc/vfio: Implement IOMMU driver for VFIO'),
  spaprV2: commit(
    '15b244a88e1b',
    'v4.2',
    'powerpc/mmu: Add userspace-to-physical addresses translation cache',
  ),
  spaprV2Longterm: commit(
    '678e174c4c16',
    'v5.1',
    'powerpc/mm/iommu: allow migration of cma allocated pages during mm_iommu_do_alloc',
  ),
} satisfies Record<string, UpstreamCommit>;

function commit(hash: string, version: string, subject: string): UpstreamCommit {
  return { hash, version, subject };
}
