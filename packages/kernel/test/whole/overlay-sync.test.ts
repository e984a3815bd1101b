import {
  chmod,
  link,
  lstat,
  mkdir,
  readFile,
  readlink,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { syncOverlay } from '../../src/whole/overlay-sync.ts';
import { testContext } from '../context.ts';

/** A source of two files, a tree of links to them that was built an hour ago, and an empty overlay. */
async function ground() {
  const { scratch } = await testContext();
  const [source = '', tree = '', over = ''] = ['source', 'tree', 'over'].map((name) =>
    path.join(scratch, name),
  );
  for (const folder of [source, tree, over])
    await mkdir(path.join(folder, 'mm'), { recursive: true });
  for (const name of ['mm/gup.c', 'mm/util.c']) {
    await writeFile(path.join(source, name), `${name}\n`);
    await utimes(path.join(source, name), 1000, 1000);
    await link(path.join(source, name), path.join(tree, name));
  }
  const sync = (touched: string[] | undefined, last: string[] = []): Promise<string[]> =>
    syncOverlay(tree, { folder: source }, touched && { folder: over, touched }, last);
  return { source, tree, over, sync };
}

const timeOf = async (file: string): Promise<number> => (await stat(file)).mtimeMs;

test('a file that an overlay changes is written anew, and its source is not', async () => {
  const { source, tree, over, sync } = await ground();
  await writeFile(path.join(over, 'mm/gup.c'), 'patched\n');
  expect(await sync(['mm/gup.c'])).toEqual(['mm/gup.c']);
  expect(await readFile(path.join(tree, 'mm/gup.c'), 'utf8')).toBe('patched\n');
  expect(await readFile(path.join(source, 'mm/gup.c'), 'utf8')).toBe('mm/gup.c\n');
  expect(await timeOf(path.join(tree, 'mm/util.c'))).toBe(1_000_000);
});

test('a file that is as it should be is left alone, so that make does not build it again', async () => {
  const { tree, over, sync } = await ground();
  await writeFile(path.join(over, 'mm/gup.c'), 'mm/gup.c\n');
  expect(await sync(['mm/gup.c'])).toEqual([]);
  expect(await timeOf(path.join(tree, 'mm/gup.c'))).toBe(1_000_000);
});

test('a file that goes back to its source is newer than what was built of it', async () => {
  const { tree, over, sync } = await ground();
  await writeFile(path.join(over, 'mm/gup.c'), 'patched\n');
  await sync(['mm/gup.c']);
  const began = Date.now() - 1000;
  expect(await sync(undefined, ['mm/gup.c'])).toEqual(['mm/gup.c']);
  expect(await readFile(path.join(tree, 'mm/gup.c'), 'utf8')).toBe('mm/gup.c\n');
  expect(await timeOf(path.join(tree, 'mm/gup.c'))).toBeGreaterThan(began);
});

test('a file that an overlay adds goes with it', async () => {
  const { tree, over, sync } = await ground();
  await mkdir(path.join(over, 'include/new'), { recursive: true });
  await writeFile(path.join(over, 'include/new/pin.h'), '\n');
  expect(await sync(['include/new/pin.h'])).toEqual(['include/new/pin.h']);
  await stat(path.join(tree, 'include/new/pin.h'));
  await sync(undefined, ['include/new/pin.h']);
  await expect(stat(path.join(tree, 'include/new/pin.h'))).rejects.toThrow('ENOENT');
});

test('a file that an overlay deletes goes with its object, and comes back', async () => {
  const { tree, sync } = await ground();
  await writeFile(path.join(tree, 'mm/gup.o'), '');
  await sync(['mm/gup.c']);
  for (const name of ['mm/gup.c', 'mm/gup.o'])
    await expect(stat(path.join(tree, name))).rejects.toThrow('ENOENT');
  expect(await sync(undefined, ['mm/gup.c'])).toEqual(['mm/gup.c']);
});

test('links are taken over as links, and a script stays one', async () => {
  const { tree, over, sync } = await ground();
  await symlink('gup.c', path.join(over, 'mm/alias.c'));
  await writeFile(path.join(over, 'mm/run.sh'), '');
  await chmod(path.join(over, 'mm/run.sh'), 0o755);
  await sync(['mm/alias.c', 'mm/run.sh']);
  expect(await readlink(path.join(tree, 'mm/alias.c'))).toBe('gup.c');
  expect((await lstat(path.join(tree, 'mm/run.sh'))).mode & 0o777).toBe(0o755);
  await chmod(path.join(over, 'mm/run.sh'), 0o644);
  expect(await sync(['mm/alias.c', 'mm/run.sh'])).toEqual(['mm/run.sh']);
});
