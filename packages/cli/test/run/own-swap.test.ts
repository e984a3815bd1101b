import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Cache, silentProgress } from '@pinbench/host';
import { PatchRefused, readPatches, resolveBase } from '@pinbench/kernel';
import { expect, onTestFinished, test } from 'vitest';
import { ownSwapKernel } from '../../src/run/own-swap.ts';

const file = 'drivers/vfio/vfio_iommu_type1.c';

const change = (from: string, to: string): string =>
  `--- a/${file}\n+++ b/${file}\n@@ -1 +1 @@\n-${from}\n+${to}\n`;

/** A tree of a version, in which any build fails, and a patch for it. */
async function layOut(version: string, diff: string) {
  const scratch = await mkdtemp(path.join(tmpdir(), 'own-swap-test-'));
  onTestFinished(() => rm(scratch, { recursive: true }));
  const [major, minor] = version.split('.');
  const files = {
    'linux/Makefile': `VERSION = ${major}\nPATCHLEVEL = ${minor}\nSUBLEVEL = 0\nEXTRAVERSION =\nall: ; false\n`,
    'linux/mm/gup.c': 'int gup;\n',
    [`linux/${file}`]: 'int pin;\n',
    'a.patch': diff,
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(scratch, name)), { recursive: true });
    await writeFile(path.join(scratch, name), text);
  }
  const context = {
    cache: new Cache(path.join(scratch, 'cache')),
    scratch,
    signal: new AbortController().signal,
    progress: silentProgress,
  };
  const underTest = await readPatches(context, [path.join(scratch, 'a.patch')]);
  return {
    context,
    task: {
      request: { debugKernel: false },
      base: await resolveBase(context, 'tree:linux', { from: scratch }),
      patches: { underTest, baseline: [], shippedBaseline: false },
    },
  };
}

test('a patch that does not apply is refused before a kernel is built for it', async () => {
  const { context, task } = await layOut('5.10', change('int other;', 'int patched;'));
  await expect(ownSwapKernel(context, task)).rejects.toThrow(PatchRefused);
});

test('a patch that uses what the tree lacks is refused before a kernel is built for it', async () => {
  const uses = 'int patched = get_user_pages_longterm(0, 1, 0, 0, 0);';
  const { context, task } = await layOut('5.10', change('int pin;', uses));
  await expect(ownSwapKernel(context, task)).rejects.toThrow('get_user_pages_longterm');
});

test('a kernel that loads no modules of today is not built', async () => {
  const { context, task } = await layOut('4.15', change('int pin;', 'int patched;'));
  expect(await ownSwapKernel(context, task)).toEqual({
    obstacle: "this kernel cannot load modules that today's linker makes",
  });
});
