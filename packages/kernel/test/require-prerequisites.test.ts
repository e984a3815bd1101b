import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readPatches } from '../src/patch.ts';
import { requirePrerequisites } from '../src/require-prerequisites.ts';
import { testContext } from './context.ts';

const text =
  '--- a/drivers/vfio/a.c\n+++ b/drivers/vfio/a.c\n@@ -1 +1 @@\n-old\n+\tret = get_user_pages_longterm(at, 1, 0, page, NULL);\n';

async function requireIn(files: Record<string, string>): Promise<void> {
  const context = await testContext();
  for (const [name, content] of Object.entries({ 'the.patch': text, ...files })) {
    await mkdir(path.dirname(path.join(context.scratch, name)), { recursive: true });
    await writeFile(path.join(context.scratch, name), content);
  }
  const patches = await readPatches(context, [path.join(context.scratch, 'the.patch')]);
  const folders = ['patched', 'source'].map((name) => path.join(context.scratch, name));
  return requirePrerequisites(patches, folders, 'tree:linux (4.13.0)');
}

const header = 'long get_user_pages_longterm(unsigned long start);\n';

test('a function that the source lacks is named before anything is built, with its commit', async () => {
  await expect(requireIn({ 'source/include/linux/mm.h': 'int a;\n' })).rejects.toMatchObject({
    refusal: { outcome: 'prerequisite-missing', missing: [{ name: 'get_user_pages_longterm' }] },
    message: expect.stringMatching(
      /the\.patch needs get_user_pages_longterm\(\), which tree:linux \(4\.13\.0\) does not have$/,
    ) as string,
    hint: expect.stringMatching(/^the prerequisite is 2bb6d2837083 \(/) as string,
  });
});

test.each(['source', 'patched'])('one that the %s declares is not missed', async (folder) => {
  const source = { 'source/include/linux/mm.h': 'int a;\n' };
  await requireIn({ ...source, [`${folder}/include/linux/mm.h`]: header });
});
