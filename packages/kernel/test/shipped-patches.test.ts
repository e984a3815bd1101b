import { readFile } from 'node:fs/promises';
import parseDiff from 'parse-diff';
import { expect, test } from 'vitest';
import { readPatches, shippedForTree, shippedPatches } from '../src/index.ts';
import { lineOf } from '../src/lines.ts';
import { testContext } from './context.ts';

const shipped = shippedPatches(lineOf('debian:6.1'));
const [baseline, fix] = [shipped.baseline[0]!, shipped.underTest[0]!];

/** Each hunk's lines before and after it, and where they begin. */
const sides = async (file: string) =>
  parseDiff(await readFile(file, 'utf8')).flatMap(({ chunks }) =>
    chunks.map(({ changes, oldStart, newStart }) => {
      const side = (without: string) =>
        changes.filter(({ type }) => type !== without).map(({ content }) => content.slice(1));
      return { before: [oldStart, side('add')], after: [newStart, side('del')] };
    }),
  );

test('the patch under test takes the baseline back to what Debian ships, line by line', async () => {
  const reversed = (await sides(baseline)).map(({ before, after }) => ({
    before: after,
    after: before,
  }));
  expect(reversed).toHaveLength(3);
  expect(await sides(fix)).toEqual(reversed);
});

test('both say what they are and touch one file', async () => {
  const patches = await readPatches(await testContext(), [baseline, fix]);
  expect(patches.map(({ subject, touches }) => ({ subject, touches }))).toEqual([
    {
      subject: 'vfio/type1: take the refusal of filesystem DAX pages out again',
      touches: ['drivers/vfio/vfio_iommu_type1.c'],
    },
    {
      subject: 'vfio: disable filesystem-dax page pinning',
      touches: ['drivers/vfio/vfio_iommu_type1.c'],
    },
  ]);
  expect(await readFile(fix, 'utf8')).toContain('94db151dc892');
});

test('a tree gets those of its version, and none where there is none', () => {
  expect(shippedForTree({ major: 6, minor: 1 })).toEqual(shipped);
  expect(shippedForTree({ major: 4, minor: 14 })).toEqual(shippedForTree({ major: 4, minor: 15 }));
  expect(shippedForTree({ major: 4, minor: 16 })).toBeUndefined();
});

test('v4.15 gets what the patch stands on as its ground', async () => {
  const files = shippedForTree({ major: 4, minor: 15 })!;
  const patches = await readPatches(await testContext(), [...files.baseline, ...files.underTest]);
  expect(patches.map(({ subject, touches }) => ({ subject, touches }))).toEqual([
    {
      subject: 'fs: know device-dax by the type of its inode',
      touches: ['include/linux/fs.h'],
    },
    {
      subject: 'vfio: disable filesystem-dax page pinning',
      touches: ['drivers/vfio/vfio_iommu_type1.c'],
    },
  ]);
});
