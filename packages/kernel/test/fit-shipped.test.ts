import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { RequestError } from '@pinbench/host';
import { expect, test } from 'vitest';
import { fitShipped } from '../src/fit-shipped.ts';
import { readPatches } from '../src/patch.ts';
import { testContext } from './context.ts';
import { bodies, mm, type1File } from './status/excerpts.ts';
import { kernelFiles, treeBase, writeFiles } from './tree/kernel-tree.ts';

/** fs.h as the baseline for v4.15 mends it. */
const baselineDiff = `--- a/include/linux/fs.h
+++ b/include/linux/fs.h
@@ -6,5 +6,5 @@
 \tif (!vma_is_dax(area))
 \t\treturn false;
 \tnode = file_inode(area->vm_file);
-\tif (node->i_mode == S_IFCHR)
+\tif (S_ISCHR(node->i_mode))
 \t\treturn false;
`;
const testedDiff = `--- a/${type1File}\n+++ b/${type1File}\n@@ -1 +1 @@\n-one\n+two\n`;

/** A tree with these files, and what becomes there of a shipped pair of patches. */
async function fit(files: Record<string, string>, shipped = { baseline: true }) {
  const notes: string[] = [];
  const silent = await testContext();
  const context = {
    ...silent,
    progress: { ...silent.progress, note: (line: string) => void notes.push(line) },
  };
  await writeFiles(path.join(context.scratch, 'linux'), { ...kernelFiles, ...files });
  const read = async (name: string, diff: string) => {
    await writeFile(path.join(context.scratch, name), diff);
    return readPatches(context, [path.join(context.scratch, name)]);
  };
  const set = {
    baseline: await read('baseline.patch', baselineDiff),
    underTest: await read('tested.patch', testedDiff),
    shippedBaseline: false,
  };
  const fitted = await fitShipped(context, await treeBase(context, 'tree:linux'), set, shipped);
  return { set, fitted, notes };
}

test('a baseline that the tree lacks is applied', async () => {
  const { set, fitted, notes } = await fit({ ...mm.longtermWrong, [type1File]: bodies.exposed });
  expect(fitted).toEqual(set);
  expect(notes).toEqual([]);
});

test('a baseline that is there already is left out, and that is said', async () => {
  const { set, fitted, notes } = await fit({ ...mm.longterm, [type1File]: bodies.exposed });
  expect(fitted).toEqual({ ...set, baseline: [] });
  expect(notes).toEqual([expect.stringContaining('in tree:linux already')]);
});

test("a baseline of the user's own that is there already is left for the user to mend", async () => {
  const files = { ...mm.longterm, [type1File]: bodies.exposed };
  await expect(fit(files, { baseline: false })).rejects.toThrow('is already applied');
});

test('a tree that has the rule already has no before', async () => {
  const fitting = fit({ ...mm.longterm, [type1File]: bodies.withLock });
  await expect(fitting).rejects.toThrow(RequestError);
  await expect(fitting).rejects.toThrow('has the rule already (status: right)');
});
