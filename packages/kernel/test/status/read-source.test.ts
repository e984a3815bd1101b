import { sayStand, type StatusReport } from '@pinbench/model';
import { describe, expect, test } from 'vitest';
import { readSourceStatus } from '../../src/status/read-source.ts';
import {
  bodies,
  bothPaths,
  fsHeader,
  mm,
  mmIommuFile,
  modernGup,
  refuseAfter,
  rightTest,
  spaprFile,
  texts,
  type1,
  type1File,
} from './excerpts.ts';

type Read = Pick<StatusReport, 'type1' | 'spapr'>;

const read = (files: Record<string, string>): Promise<Read> => readSourceStatus(texts(files));
const stand = async (body: string, rest: Record<string, string> = mm.longterm): Promise<string> =>
  sayStand((await read({ ...rest, [type1File]: body })).type1);

describe('where VFIO type1 stands', () => {
  test.each([
    ['exposed', bodies.exposed, mm.none],
    ['exposed, prerequisites there', bodies.exposed, mm.longterm],
    ['exposed, prerequisites there but for 230f5a8969d8', bodies.exposed, mm.longtermWrong],
    ['exposed, prerequisites there', bodies.exposed, mm.modern],
    ['refused, but GUP without the lock', bodies.withoutLock, mm.longterm],
    ['refused, but device-dax too and GUP without the lock', bodies.withoutLock, mm.longtermWrong],
    ['refused, but device-dax too', bodies.withLock, mm.longtermWrong],
    ['right', bodies.withLock, mm.longterm],
    ['right', bodies.flag, mm.flag],
    ['right', bodies.modern, mm.modern],
  ])('%s', async (expected, body, rest) => {
    expect(await stand(body, rest)).toBe(expected);
  });

  test('of old there is no other path, and that is no fault', async () => {
    const own = `
static int vaddr_get_pfn(unsigned long vaddr, int prot, unsigned long *pfn)
{
	if (get_user_pages_fast(vaddr, 1, !!(prot & IOMMU_WRITE), page) == 1)
		return 0;
	return -EFAULT;
}`;
    const { type1: found } = await read({ ...mm.longterm, [type1File]: own });
    expect(found).toMatchObject({ stand: 'prepared', own: { fsdax: 'pinned' } });
    expect(found.other).toBeUndefined();
  });

  test('each path has its own answer', async () => {
    const body = bothPaths(
      'down_read(&mm->mmap_sem); ret = get_user_pages_longterm(vaddr, 1, flags, page, vmas); up_read(&mm->mmap_sem);',
      'down_read(&mm->mmap_sem); ret = get_user_pages_remote(NULL, mm, vaddr, 1, flags, page, vmas, NULL); up_read(&mm->mmap_sem);',
    );
    const { type1: found } = await read({ ...mm.longterm, [type1File]: body });
    expect(found).toMatchObject({
      stand: 'refused',
      faults: ['other-memory'],
      own: { fsdax: 'refused', lock: 'held' },
      other: { fsdax: 'pinned', deviceDax: 'pinned', lock: 'held' },
    });
  });
});

describe('what is cited', () => {
  test('file, line, the line itself and the commit behind it', async () => {
    const { type1: found } = await read({ ...mm.longterm, [type1File]: bodies.withoutLock });
    const [pin, refusal, told] = found.own.citations;
    const line = bodies.withoutLock
      .split('\n')
      .findIndex((text) => text.includes('get_user_pages_longterm('));
    expect(pin).toMatchObject({
      file: type1File,
      line: line + 1,
      code: 'ret = get_user_pages_longterm(vaddr, 1, !!(prot & IOMMU_WRITE), page, vmas);',
      commit: { hash: '94db151dc892', version: 'v4.16' },
    });
    expect(refusal).toMatchObject({ file: 'mm/gup.c', code: 'if (vma_is_fsdax(areas[i]))' });
    expect(told).toMatchObject({ code: 'if (S_ISCHR(node->i_mode))' });
  });
});

describe('the commit that made a pin a long-term one stands apart from that of its form', () => {
  const pinOf = async (body: string, rest: Record<string, string>, whose: 'own' | 'other') => {
    const { commit, form, mended } =
      (await read({ ...rest, [type1File]: body })).type1[whose]?.citations[0] ?? {};
    return [commit, form, mended].map((each) => each?.hash);
  };

  test.each([
    [
      'without the lock',
      bodies.withoutLock,
      mm.longterm,
      ['94db151dc892', undefined, 'bb94b55af346'],
    ],
    ['with it', bodies.withLock, mm.longterm, ['94db151dc892', 'bb94b55af346', undefined]],
    ['by a flag', bodies.flag, mm.flag, ['94db151dc892', '932f4a630a69', undefined]],
    ['as today', bodies.modern, mm.modern, ['94db151dc892', '19fed0dae94d', undefined]],
  ])('own memory %s', async (_how, body, rest, expected) => {
    expect(await pinOf(body, rest, 'own')).toEqual(expected);
  });

  test("another process's, by the same call, for a later reason", async () => {
    expect(await pinOf(bodies.modern, mm.modern, 'other')).toEqual([
      '3567813eae5e',
      '19fed0dae94d',
      undefined,
    ]);
  });

  test('the refusal in mm/gup.c too', async () => {
    const { own } = (await read({ ...mm.modern, [type1File]: bodies.modern })).type1;
    expect(own.citations[1]).toMatchObject({
      ...{ commit: { hash: '2bb6d2837083' }, form: { hash: '52650c8b466b' } },
    });
  });

  test('a wrong test for fs-dax names what mends it', async () => {
    const { own } = (await read({ ...mm.longtermWrong, [type1File]: bodies.withLock })).type1;
    expect(own.citations.at(-1)).toMatchObject({
      commit: { hash: '2bb6d2837083' },
      mended: { hash: '230f5a8969d8' },
    });
  });

  test("a pin of another process's memory whose commit is not known cites none", async () => {
    const body = bothPaths(
      'ret = get_user_pages_fast(vaddr, 1, flags, page);',
      'down_read(&mm->mmap_sem); ret = get_user_pages_remote(NULL, mm, vaddr, 1, flags, page, vmas, NULL); up_read(&mm->mmap_sem);',
    );
    expect(await pinOf(body, mm.longterm, 'own')).toEqual(['73fa0d10d077', undefined, undefined]);
    expect(await pinOf(body, mm.longterm, 'other')).toEqual([undefined, undefined, undefined]);
  });
});

describe('what is not compiled does not count', () => {
  test('comments and strings', async () => {
    const body = type1(`
	/* ret = get_user_pages_longterm(vaddr, 1, flags, page, vmas); */
	// down_read(&mm->mmap_sem);
	pr_debug("get_user_pages_longterm() { /* ");
	ret = get_user_pages_fast(vaddr, 1, flags, page);`);
    expect(await stand(body)).toBe('exposed, prerequisites there');
  });

  test('what a constant or the absence of fs-dax leaves out', async () => {
    const body = type1(`
#if 0
	ret = get_user_pages_longterm(vaddr, 1, flags, page, vmas);
#else
	ret = get_user_pages_fast(vaddr, 1, flags, page);
#endif
#ifndef CONFIG_FS_DAX
	ret = pin_user_pages(vaddr, 1, flags | FOLL_LONGTERM, page, vmas);
#endif`);
    expect(await stand(body)).toBe('exposed, prerequisites there');
  });

  test('a prerequisite in a comment', async () => {
    const commented = { 'mm/gup.c': '/*\nlong get_user_pages_longterm(void)\n{\n}\n*/\n' };
    expect(await stand(bodies.exposed, { ...mm.none, ...commented })).toBe('exposed');
  });
});

describe('what is not understood is said to be so', () => {
  const unclear = async (body: string, rest: Record<string, string> = mm.longterm) => {
    const { type1: found } = await read({ ...rest, [type1File]: body });
    expect(found.stand).toBe('unknown');
    return found.own.unclear;
  };

  test('a configuration that decides', async () => {
    const body = type1(`
#ifdef CONFIG_VFIO_SAFE
	ret = get_user_pages_longterm(vaddr, 1, flags, page, vmas);
#else
	ret = get_user_pages_fast(vaddr, 1, flags, page);
#endif`);
    expect(await unclear(body)).toContain('CONFIG_VFIO_SAFE');
  });

  test('two functions of the same name', async () => {
    expect(await unclear(bodies.exposed + bodies.withLock)).toContain('at line');
  });

  test('a way of pinning that is not known', async () => {
    expect(await unclear(type1('\tret = grab_user_memory(vaddr, page);'))).toContain(
      'calls no GUP function that is known',
    );
  });

  test('GUP in another function', async () => {
    const more = '\nstatic int more(void)\n{\n\treturn pin_user_pages_fast(0, 1, 0, NULL);\n}\n';
    expect(await unclear(bodies.withLock + more)).toContain('more() calls pin_user_pages_fast()');
  });

  test('a flag that is set on some ways only', async () => {
    const body = type1(`
	if (strict)
		flags |= FOLL_LONGTERM;
	mmap_read_lock(mm);
	ret = pin_user_pages_remote(mm, vaddr, 1, flags, page, NULL);
	mmap_read_unlock(mm);`);
    expect(await unclear(body, mm.modern)).toContain('whether line');
  });

  test('a flag that the function it goes to does not heed', async () => {
    const body = type1(`
	down_read(&mm->mmap_sem);
	ret = get_user_pages_remote(mm, vaddr, 1, flags | FOLL_LONGTERM);
	up_read(&mm->mmap_sem);`);
    expect(await unclear(body, mm.flag)).toContain('no way from get_user_pages_remote()');
  });

  test.each([
    ['gives no page back', refuseAfter.replace('put_page(page[0]);', '')],
    ['is the wrong way round', refuseAfter.replace('vma_is', '!vma_is')],
    ['holds only sometimes', refuseAfter.replace('ret > 0', 'strict')],
    ['gives another error', refuseAfter.replace('-EOPNOTSUPP', '-EFAULT')],
  ])('a refusal that %s', async (_what, refusal) => {
    const body = bodies.withLock.replace(refuseAfter, refusal);
    expect(body).not.toBe(bodies.withLock);
    const { type1: found } = await read({ ...mm.longterm, [type1File]: body });
    expect(found).toMatchObject({ stand: 'unknown', other: { fsdax: 'unknown' } });
  });

  test('a lock that may or may not be held', async () => {
    const body = type1(`
	if (patient)
		down_read(&mm->mmap_sem);
	ret = get_user_pages_longterm(vaddr, 1, flags, page, vmas);`);
    const { type1: found } = await read({ ...mm.longterm, [type1File]: body });
    expect(found).toMatchObject({ stand: 'unknown', own: { lock: 'unknown' } });
  });

  test('a GUP that refuses with something else, and a test for fs-dax of another shape', async () => {
    const other = { ...mm.modern, 'mm/gup.c': modernGup.replace('-EOPNOTSUPP', '-EFAULT') };
    expect(await unclear(bodies.modern, other)).toContain('no way from');
    const strange = { ...mm.longterm, 'include/linux/fs.h': fsHeader('is_device(node)') };
    expect(await unclear(bodies.withLock, strange)).toBe('vma_is_fsdax() is not understood');
  });

  test('files that are not there', async () => {
    expect((await read({})).type1.own.unclear).toContain('there is no drivers/vfio');
    expect(await unclear(bodies.withLock, { 'include/linux/fs.h': rightTest })).toContain('gup.c');
  });
});

test('the lock may be held by who calls', async () => {
  const body = type1('\tret = get_user_pages_longterm(vaddr, 1, flags, page, vmas);').replace(
    'return vaddr_get_pfn(current->mm, 0, dma->prot, NULL);',
    'down_read(&mm->mmap_sem);\n\tvaddr_get_pfn(mm, 0, 0, NULL);\n\tup_read(&mm->mmap_sem);',
  );
  expect(await stand(body)).toBe('right');
});

test('flags are followed through a variable, and code after a way out is not reached', async () => {
  const body = type1(`
	flags |= FOLL_LONGTERM;
	mmap_read_lock(mm);
	ret = pin_user_pages_remote(mm, vaddr, 1, flags, page, NULL);
	mmap_read_unlock(mm);
	return ret;
	ret = get_user_pages_fast(vaddr, 1, 0, page);`);
  expect(await stand(body, mm.modern)).toBe('right');
});

describe('sPAPR TCE, each container for itself', () => {
  const v1 = (call: string): string => `
static int tce_iommu_use_page(unsigned long tce, unsigned long *hpa)
{
	if (${call} != 1)
		return -EFAULT;
	return 0;
}`;
  const v2 = (call: string): string => `
long mm_iommu_get(struct mm_struct *mm, unsigned long ua, unsigned long entries)
{
	long ret;

	mmap_read_lock(mm);
	ret = ${call};
	mmap_read_unlock(mm);
	return ret;
}`;

  test('a kernel without it', async () => {
    expect((await read(mm.modern)).spapr).toMatchObject({
      v1: { stand: 'absent' },
      v2: { stand: 'absent' },
    });
  });

  test('v1 pins and v2 refuses, as it is today', async () => {
    const { spapr } = await read({
      ...mm.modern,
      [spaprFile]: v1('pin_user_pages_fast(tce & PAGE_MASK, 1, FOLL_WRITE, &page)'),
      [mmIommuFile]: v2('pin_user_pages(ua, entries, FOLL_WRITE | FOLL_LONGTERM)'),
    });
    expect(spapr.v1).toMatchObject({ stand: 'exposed', call: 'pin_user_pages_fast()' });
    expect(spapr.v2).toMatchObject({ stand: 'right', call: 'pin_user_pages(FOLL_LONGTERM)' });
    expect(spapr.v2.citations[0]?.commit?.hash).toBe('678e174c4c16');
  });

  test('v2 before it asked for long-term pins', async () => {
    const call = 'get_user_pages_fast(ua, 1, 1, &page)';
    const { spapr } = await read({ ...mm.longterm, [mmIommuFile]: v2(call) });
    expect(spapr.v2.stand).toBe('exposed');
  });

  test('a file that pins nothing that is known, and one that is there twice', async () => {
    const none = await read({ ...mm.modern, [spaprFile]: v1('grab(tce)') });
    expect(none.spapr.v1).toMatchObject({ stand: 'unknown' });
    const twice = v2('pin_user_pages(ua, entries, FOLL_WRITE | FOLL_LONGTERM)');
    const both = { [mmIommuFile]: twice, 'arch/powerpc/mm/book3s64/iommu_api.c': twice };
    expect((await read({ ...mm.modern, ...both })).spapr.v2.stand).toBe('unknown');
  });
});
