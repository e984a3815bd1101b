import { describe, expect, test } from 'vitest';
import { hintsFor, missingPrerequisites } from '../src/prerequisites.ts';
import { readSourceStatus } from '../src/status/index.ts';
import { bodies, mm, texts, type1File } from './status/excerpts.ts';

const patch = (...added: string[]): { text: string } => ({
  text: [
    'diff --git a/drivers/vfio/x.c b/drivers/vfio/x.c',
    '--- a/drivers/vfio/x.c',
    '+++ b/drivers/vfio/x.c',
    `@@ -1 +1,${added.length + 1} @@`,
    ' int a;',
    ...added.map((line) => `+${line}`),
    '',
  ].join('\n'),
});
const missing = async (lines: string[], files: Record<string, string>): Promise<string[]> =>
  (await missingPrerequisites(patch(...lines), texts(files))).map(
    ({ name, commit }) => `${name} ${commit.hash}`,
  );

describe('what a patch uses and the source lacks', () => {
  const call = '\tret = get_user_pages_longterm(vaddr, 1, flags | FOLL_LONGTERM);';

  test('is named with the commit that brought it', async () => {
    expect(await missing([call], {})).toEqual([
      'get_user_pages_longterm 2bb6d2837083',
      'FOLL_LONGTERM 932f4a630a69',
    ]);
  });

  test('is nothing where a header declares it, also as a constant or a macro', async () => {
    const header = 'long get_user_pages_longterm(void);\nenum { FOLL_LONGTERM = 1 };\n';
    expect(await missing([call], { 'include/linux/mm.h': header })).toEqual([]);
    const macros = '#define FOLL_LONGTERM 1\n#define get_user_pages_longterm(x) 0\n';
    expect(await missing([call], { 'include/linux/mm.h': macros })).toEqual([]);
  });

  test('is nothing where the patch brings it itself', async () => {
    const own = ['static long get_user_pages_longterm(void)', '{', '}', '#define FOLL_LONGTERM 1'];
    expect(await missing([...own, call], {})).toEqual([]);
  });

  test('is not found in a comment, on either side', async () => {
    expect(await missing(['\t/* vma_is_fsdax() */'], {})).toEqual([]);
    const header = '/* vma_is_fsdax() will come */\n';
    expect(await missing(['\tif (vma_is_fsdax(vma))'], { 'include/linux/fs.h': header })).toEqual([
      'vma_is_fsdax 2bb6d2837083',
    ]);
  });
});

test('what the patched source still lacks is said with its place and the commit that mends it', async () => {
  const files = { ...mm.longtermWrong, [type1File]: bodies.withoutLock };
  const { type1 } = await readSourceStatus(texts(files));
  const [deviceDax, lock, ...more] = hintsFor(type1);
  expect(deviceDax).toMatch(/include\/linux\/fs\.h:\d+\).*230f5a8969d8/);
  expect(lock).toMatch(/vfio_iommu_type1\.c:\d+\).*bb94b55af346/);
  expect(more).toEqual([]);
  const right = await readSourceStatus(texts({ ...mm.longterm, [type1File]: bodies.withLock }));
  expect(hintsFor(right.type1)).toEqual([]);
});
