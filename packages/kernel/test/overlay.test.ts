import { access, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, RequestError, type Context } from '@pinbench/host';
import { expect, test } from 'vitest';
import type { Base } from '../src/base.ts';
import { prepareOverlays } from '../src/overlay.ts';
import { readPatches } from '../src/patch.ts';
import { testContext } from './context.ts';

const base = { spec: 'tree:/src', sourceVersion: '4.15.0' } as Base;

const change = (file: string, from: string, to: string) =>
  `--- a/${file}\n+++ b/${file}\n@@ -1 +1 @@\n-${from}\n+${to}\n`;

const adds = '--- /dev/null\n+++ b/mm/new.c\n@@ -0,0 +1 @@\n+new\n';
const deletes = '--- a/mm/old.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-old\n';

type Texts = { baseline?: string[]; underTest: string[]; shippedBaseline?: boolean };

async function read(context: Context, name: string, texts: readonly string[]) {
  const files = texts.map((_text, index) => path.join(context.scratch, `${name}-${index}.patch`));
  await Promise.all(files.map((file, index) => writeFile(file, texts[index]!)));
  return readPatches(context, files);
}

async function layOut() {
  const context = await testContext();
  const folder = path.join(context.scratch, 'source');
  await mkdir(path.join(folder, 'mm'), { recursive: true });
  await writeFile(path.join(folder, 'mm/a.c'), 'one\n');
  await writeFile(path.join(folder, 'mm/old.c'), 'old\n');
  const version = { major: 4, minor: 15, sublevel: 0, extra: '' };
  const prepare = async ({ baseline = [], underTest, shippedBaseline = false }: Texts) =>
    prepareOverlays(
      context,
      base,
      { folder, key: 'source', version },
      {
        baseline: await read(context, 'baseline', baseline),
        underTest: await read(context, 'under-test', underTest),
        shippedBaseline,
      },
    );
  return { folder, prepare };
}

test('after holds what the patches touch in its final state, and nothing for what they delete', async () => {
  const { folder, prepare } = await layOut();
  const { before, after } = await prepare({
    underTest: [change('mm/a.c', 'one', 'two') + adds + deletes],
  });
  expect(before).toBeUndefined();
  expect([...after.touched].sort()).toEqual(['mm/a.c', 'mm/new.c', 'mm/old.c']);
  expect(await readFile(path.join(after.folder, 'mm/a.c'), 'utf8')).toBe('two\n');
  expect(await readFile(path.join(after.folder, 'mm/new.c'), 'utf8')).toBe('new\n');
  await expect(access(path.join(after.folder, 'mm/old.c'))).rejects.toThrow();
  expect(await readFile(path.join(folder, 'mm/a.c'), 'utf8')).toBe('one\n');
});

test('before has the baseline, after both, and each patch says how it went in', async () => {
  const { prepare } = await layOut();
  const { before, after, patches } = await prepare({
    baseline: [change('mm/a.c', 'one', 'two')],
    underTest: [change('mm/a.c', 'two', 'three')],
  });
  expect(await readFile(path.join(before!.folder, 'mm/a.c'), 'utf8')).toBe('two\n');
  expect(await readFile(path.join(after.folder, 'mm/a.c'), 'utf8')).toBe('three\n');
  expect(after.key).not.toEqual(before!.key);
  expect(patches.map(({ role, applied }) => [role, applied])).toEqual([
    ['baseline', 'clean'],
    ['under-test', 'clean'],
  ]);
});

test('documentation is not applied, and alone is nothing to run', async () => {
  const { prepare } = await layOut();
  const doc = change('Documentation/x.rst', 'a', 'b');
  const { after } = await prepare({ underTest: [change('mm/a.c', 'one', 'two') + doc] });
  expect(after.touched).toEqual(['mm/a.c']);
  await expect(prepare({ underTest: [doc] })).rejects.toThrow('nothing that is built');
});

test('a patch that does not fit is the fault of who gave it: ours, for the baseline that is shipped', async () => {
  const { prepare } = await layOut();
  const misfit = change('mm/a.c', 'nonesuch', 'two');
  const underTest = [change('mm/a.c', 'one', 'two')];
  await expect(prepare({ underTest: [misfit] })).rejects.toThrow(RequestError);
  await expect(prepare({ baseline: [misfit], underTest })).rejects.toThrow(RequestError);
  await expect(prepare({ baseline: [misfit], underTest, shippedBaseline: true })).rejects.toThrow(
    BenchError,
  );
});

test('a link in the source is not followed', async () => {
  const { folder, prepare } = await layOut();
  await symlink('mm', path.join(folder, 'link'));
  await expect(prepare({ underTest: [change('link/a.c', 'one', 'two')] })).rejects.toThrow(
    'through the symbolic link link',
  );
});
