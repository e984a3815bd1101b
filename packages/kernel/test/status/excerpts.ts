import type { SourceReader } from '../../src/status/read-source.ts';

/** A source that exists only as texts; a file that is not named is not there. */
export const texts =
  (files: Record<string, string>): SourceReader =>
  (file) =>
    Promise.resolve(files[file]);

export const type1File = 'drivers/vfio/vfio_iommu_type1.c';
export const spaprFile = 'drivers/vfio/vfio_iommu_spapr_tce.c';
export const mmIommuFile = 'arch/powerpc/mm/mmu_context_iommu.c';

/** fs.h with a test for fs-dax that tells device-dax by this condition. */
export const fsHeader = (isCharacterDevice: string): string => `
static inline bool vma_is_fsdax(struct vm_area_struct *area)
{
	struct inode *node;

	if (!vma_is_dax(area))
		return false;
	node = file_inode(area->vm_file);
	if (${isCharacterDevice})
		return false;
	return true;
}
`;

export const rightTest = fsHeader('S_ISCHR(node->i_mode)');
export const wrongTest = fsHeader('node->i_mode == S_IFCHR');

/** gup.c of the time of get_user_pages_longterm(). */
export const longtermGup = `
long get_user_pages(unsigned long at, unsigned long count, unsigned int flags,
		    struct page **pages, struct vm_area_struct **areas)
{
	return pin_them(at, count, flags, pages, areas);
}

#ifdef CONFIG_FS_DAX
long get_user_pages_longterm(unsigned long at, unsigned long count, unsigned int flags,
			     struct page **pages, struct vm_area_struct **areas)
{
	long got = get_user_pages(at, count, flags, pages, areas), i;

	for (i = 0; i < got; i++) {
		if (vma_is_fsdax(areas[i]))
			break;
	}
	if (i < got) {
		give_back(pages, got);
		got = -EOPNOTSUPP;
	}
	return got;
}
#endif
`;

/** gup.c of the time when the flag was looked at after pinning. */
export const flagGup = `
static bool any_is_fsdax(struct vm_area_struct **areas, long count)
{
	long i;

	for (i = 0; i < count; i++)
		if (vma_is_fsdax(areas[i]))
			return true;
	return false;
}

static long pin_checked(unsigned long at, long count, unsigned int flags)
{
	long got = pin_them(at, count, flags);

	if (flags & FOLL_LONGTERM) {
		if (any_is_fsdax(areas, got)) {
			give_back(pages, got);
			got = -EOPNOTSUPP;
		}
	}
	return got;
}

long get_user_pages(unsigned long at, long count, unsigned int flags)
{
	return pin_checked(at, count, flags);
}

long get_user_pages_remote(struct mm_struct *mm, unsigned long at, long count, unsigned int flags)
{
	return pin_them(at, count, flags);
}
`;

/** gup.c as it is today: refused before anything is faulted in. */
export const modernGup = `
static int check_vma_flags(struct vm_area_struct *vma, unsigned long gup_flags)
{
	if ((gup_flags & FOLL_LONGTERM) && vma_is_fsdax(vma))
		return -EOPNOTSUPP;
	return 0;
}

static long walk_range(struct mm_struct *mm, unsigned int gup_flags)
{
	return check_vma_flags(find_vma(mm, 0), gup_flags);
}

long pin_user_pages_remote(struct mm_struct *mm, unsigned long at, unsigned long count,
			   unsigned int gup_flags, struct page **pages, int *locked)
{
	return walk_range(mm, gup_flags | FOLL_PIN);
}

long pin_user_pages(unsigned long at, unsigned long count, unsigned int gup_flags)
{
	return walk_range(current->mm, gup_flags | FOLL_PIN);
}
`;

const mmHeader = '#define FOLL_LONGTERM\t0x100\n';

/** The memory management of three times. */
export const mm = {
  none: { 'mm/gup.c': 'long get_user_pages(void)\n{\n\treturn 0;\n}\n', 'include/linux/fs.h': '' },
  longterm: { 'mm/gup.c': longtermGup, 'include/linux/fs.h': rightTest },
  longtermWrong: { 'mm/gup.c': longtermGup, 'include/linux/fs.h': wrongTest },
  flag: {
    'mm/gup.c': flagGup,
    'include/linux/fs.h': rightTest,
    'include/linux/mm.h': mmHeader,
  },
  modern: {
    'mm/gup.c': modernGup,
    'include/linux/fs.h': rightTest,
    'include/linux/mm_types.h': 'enum {\n\tFOLL_WRITE = 1,\n\tFOLL_LONGTERM = 1 << 8,\n};\n',
  },
} as const;

/** type1 with this as the body of the function that pins. */
export const type1 = (body: string): string => `
static int vaddr_get_pfn(struct mm_struct *mm, unsigned long vaddr, int prot, unsigned long *pfn)
{
	struct page *page[1];
	struct vm_area_struct *vmas[1];
	unsigned int flags = 0;
	int ret;

	if (prot & IOMMU_WRITE)
		flags |= FOLL_WRITE;
${body}
	return ret;
}

static long vfio_pin_pages_remote(struct vfio_dma *dma)
{
	return vaddr_get_pfn(current->mm, 0, dma->prot, NULL);
}
`;

/** The refusal of another process's fs-dax memory, as the patch makes it. */
export const refuseAfter = `
		if (ret > 0 && vma_is_fsdax(vmas[0])) {
			ret = -EOPNOTSUPP;
			put_page(page[0]);
		}`;

/** Both paths, the caller's own first. */
export const bothPaths = (own: string, other: string): string =>
  type1(`
	if (mm == current->mm) {
		${own}
	} else {
		${other}
	}`);

const remote = 'get_user_pages_remote(NULL, mm, vaddr, 1, flags, page, vmas, NULL)';

export const bodies = {
  exposed: bothPaths(
    'ret = get_user_pages_fast(vaddr, 1, !!(prot & IOMMU_WRITE), page);',
    `down_read(&mm->mmap_sem);
		ret = ${remote};
		up_read(&mm->mmap_sem);`,
  ),
  withoutLock: bothPaths(
    'ret = get_user_pages_longterm(vaddr, 1, !!(prot & IOMMU_WRITE), page, vmas);',
    `down_read(&mm->mmap_sem);
		ret = ${remote};${refuseAfter}
		up_read(&mm->mmap_sem);`,
  ),
  withLock: type1(`
	down_read(&mm->mmap_sem);
	if (mm == current->mm) {
		ret = get_user_pages_longterm(vaddr, 1, flags, page, vmas);
	} else {
		ret = ${remote};${refuseAfter}
	}
	up_read(&mm->mmap_sem);`),
  flag: type1(`
	down_read(&mm->mmap_sem);
	if (mm == current->mm) {
		ret = get_user_pages(vaddr, 1, flags | FOLL_LONGTERM, page, vmas);
	} else {
		ret = ${remote};${refuseAfter}
	}
	up_read(&mm->mmap_sem);`),
  modern: type1(`
	mmap_read_lock(mm);
	ret = pin_user_pages_remote(mm, vaddr, 1, flags | FOLL_LONGTERM, page, NULL);
	mmap_read_unlock(mm);`),
} as const;
