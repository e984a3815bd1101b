import { spawn, type ChildProcess } from 'node:child_process';
import { access, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError, RequestError, tryRun, type Context } from '@pinbench/host';
import { expect, onTestFinished, test } from 'vitest';
import { buildKernel, withWorkspace } from '../../src/whole/index.ts';
import { makeKernel } from '../../src/whole/make.ts';
import { testContext } from '../context.ts';
import { fakeTree } from './fake-tree.ts';

/** The tree that a kernel is built in, of which there is one. */
async function treeOf({ cache }: Context): Promise<string> {
  const names = await readdir(path.join(cache.root, 'workspaces'));
  const [name = ''] = names.filter((each) => /^[0-9a-f]+$/.test(each));
  return path.join(cache.root, 'workspaces', name, 'tree');
}

const madeIn = async (context: Context): Promise<string[]> => {
  const log = path.join(await treeOf(context), 'made.log');
  const made = (await readFile(log, 'utf8')).trim().split('\n').sort();
  await writeFile(log, '');
  return made;
};

/** Names, times, inodes and content of all files of a folder. */
async function snapshot(folder: string): Promise<unknown> {
  const names = (await readdir(folder, { recursive: true })).sort();
  return Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      const { mtimeMs, ino, mode } = await stat(file);
      const content = await readFile(file, 'utf8').catch(() => '');
      return { name, mtimeMs, ino, mode, content };
    }),
  );
}

test('a kernel is built, laid out for a guest, and taken from the cache the next time', async () => {
  const context = await testContext();
  const { source } = await fakeTree(context.scratch);
  const said: string[] = [];
  const built = await buildKernel(context, source, undefined, {
    stage: { say: (line) => said.push(line) },
  });
  expect(built).toMatchObject({ release: '5.10.9', compat: [], vfioAsModules: true });
  expect(built.build).toMatchObject({ incremental: false, cached: false });
  expect(built.buildId).toMatch(/^[0-9a-f]{40}$/);
  expect(said[0]).toBe('1 compiled, .');
  const { image } = built;
  expect(await readFile(path.join(image.modules, 'modules.order'), 'utf8')).toBe(
    'kernel/drivers/vfio/vfio.ko\n',
  );
  await access(path.join(image.modules, 'kernel/drivers/vfio/vfio.ko'));
  expect(await readFile(image.config, 'utf8')).toContain('CONFIG_FS_DAX=y');
  const again = await buildKernel(context, source);
  expect(again).toEqual({ ...built, build: { ...built.build, cached: true } });
});

test('an overlay costs what it changes, and the source stays as it is to the bit', async () => {
  const context = await testContext();
  const { source, overlay } = await fakeTree(context.scratch);
  const before = await snapshot(source.folder);
  const first = await buildKernel(context, source);
  expect(await madeIn(context)).toEqual(['a.o', 'b.o']);
  const patched = await overlay({ 'b.c': 'int b(void) { return 2; }\n' });
  const second = await buildKernel(context, source, patched);
  expect(await madeIn(context)).toEqual(['b.o']);
  expect(second.build.incremental).toBe(true);
  expect(second.build.wholeMs).toBeGreaterThan(0);
  expect(second.code).not.toBe(first.code);
  expect(second.buildId).not.toBe(first.buildId);
  expect(await snapshot(source.folder)).toEqual(before);
});

test('an overlay that only changes a comment gives the same code', async () => {
  const context = await testContext();
  const { source, overlay } = await fakeTree(context.scratch);
  const comment = await overlay({ 'b.c': '/* one */\nint b(void) { return 1; }\n' });
  const [first, second] = [
    await buildKernel(context, source),
    await buildKernel(context, source, comment),
  ];
  expect(second.code).toBe(first.code);
});

test('work in the built folder finds the source alone, whatever was built last', async () => {
  const context = await testContext();
  const { source, overlay } = await fakeTree(context.scratch);
  const patched = await overlay({ 'b.c': 'int b(void) { return 2; }\n', 'new.h': '\n' });
  await buildKernel(context, source, patched);
  const seen = await withWorkspace(context, source, async (folder) => ({
    text: await readFile(path.join(folder, 'b.c'), 'utf8'),
    names: await readdir(folder),
  }));
  expect(seen.text).toBe('int b(void) { return 1; }\n');
  expect(seen.names).not.toContain('new.h');
  expect(await madeIn(context)).toEqual(['a.o', 'b.o', 'b.o']);
  await withWorkspace(context, source, () => Promise.resolve());
  expect(await madeIn(context)).toEqual(['']);
});

test('what a deleted file was built into goes with it', async () => {
  const context = await testContext();
  const { source, overlay } = await fakeTree(context.scratch);
  await buildKernel(context, source);
  const deleting = buildKernel(context, source, await overlay({ 'b.c': null }));
  await expect(deleting).rejects.toThrow();
  const after = await buildKernel(
    context,
    source,
    await overlay({ 'a.c': 'int a(void) { return 3; }\n' }),
  );
  expect(after.release).toBe('5.10.9');
});

test('a patch that does not compile is the fault of the request', async () => {
  const context = await testContext();
  const { source, overlay } = await fakeTree(context.scratch);
  const building = buildKernel(
    context,
    source,
    await overlay({ 'b.c': 'int b(void) { oops; }\n' }),
  );
  await expect(building).rejects.toBeInstanceOf(RequestError);
  await expect(building).rejects.toThrow(/^the patch does not compile: b\.c:1:\d+: error: .*oops/);
});

test('a source that does not compile is no fault of the patch', async () => {
  const context = await testContext();
  const { source, overlay } = await fakeTree(context.scratch, { 'a.c': 'int a(void) { oops; }\n' });
  const building = buildKernel(
    context,
    source,
    await overlay({ 'b.c': 'int b(void) { return 2; }\n' }),
  );
  await expect(building).rejects.toBeInstanceOf(BenchError);
  await expect(building).rejects.toMatchObject({
    message: 'the kernel without the patch does not build',
    detail: [expect.stringContaining('a.c:1')],
  });
});

test('a baseline that does not compile on a source that does is named as what it is', async () => {
  const context = await testContext();
  const { source, overlay } = await fakeTree(context.scratch);
  const before = await overlay({ 'b.c': 'int b(void) { oops; }\n' });
  const role = { variant: 'before', patch: '--baseline mine.patch' } as const;
  const building = buildKernel(context, source, before, { role });
  await expect(building).rejects.toBeInstanceOf(RequestError);
  await expect(building).rejects.toThrow(/^--baseline mine\.patch does not compile: b\.c:1:\d+: /);
});

test('a baseline that does not cure a source leaves it one that does not build, with its own error', async () => {
  const context = await testContext();
  const { source, overlay } = await fakeTree(context.scratch, { 'a.c': 'int a(void) { oops; }\n' });
  const before = await overlay({ 'a.c': 'int a(void) { slip; }\n' });
  const building = buildKernel(context, source, before, { role: { variant: 'before' } });
  await expect(building).rejects.toBeInstanceOf(BenchError);
  await expect(building).rejects.toMatchObject({ detail: [expect.stringContaining('slip')] });
});

test('after is held against before: on a source that only the baseline cures, the patch is at fault', async () => {
  const context = await testContext();
  const { source, overlay } = await fakeTree(context.scratch, { 'a.c': 'int a(void) { oops; }\n' });
  const cure = { 'a.c': 'int b(void);\nint a(void) { return b(); }\n' };
  const before = await overlay(cure);
  await buildKernel(context, source, before, { role: { variant: 'before' } });
  const after = await overlay({ ...cure, 'b.c': 'int b(void) { typo; }\n' });
  const building = buildKernel(context, source, after, { role: { variant: 'after', before } });
  await expect(building).rejects.toBeInstanceOf(RequestError);
  await expect(building).rejects.toThrow(/^the patch does not compile: b\.c:1:\d+: error: .*typo/);
});

test('options that kconfig drops are named, with their fragment and the reason', async () => {
  const context = await testContext();
  const { source } = await fakeTree(context.scratch, {
    'lose.mk': 'LOSE := CONFIG_XFS_FS\\|MODULE_UNLOAD\n',
  });
  await expect(buildKernel(context, source)).rejects.toMatchObject({
    message: 'kconfig did not keep what pinbench needs: CONFIG_XFS_FS, CONFIG_MODULE_UNLOAD',
    detail: [
      'CONFIG_XFS_FS=y (filesystems.config) came out as n: it depends on MISSING',
      'CONFIG_MODULE_UNLOAD=y (modules.config) came out as n: this source has no such option',
    ],
  });
});

test('an interrupted build leaves nothing running and costs only itself', async () => {
  const context = await testContext();
  const { source, overlay } = await fakeTree(context.scratch);
  await buildKernel(context, source);
  await madeIn(context);
  const stopping = new AbortController();
  const slow = await overlay({
    'b.c': 'int b(void) { return 2; }\n',
    'lose.mk': 'AFTER = echo half > $@ && touch compiling && sleep 60\n',
  });
  const building = buildKernel({ ...context, signal: stopping.signal }, source, slow);
  const tree = await treeOf(context);
  const shell = shellIn(tree);
  await expect.poll(() => readdir(tree), { timeout: 15_000 }).toContain('compiling');
  stopping.abort(new Error('stopped by the user'));
  await expect(building).rejects.toThrow('stopped by the user');
  await sleep(50);
  expect(await workingIn(tree)).toEqual([`/proc/${shell.pid}/cwd`]);
  const patched = await overlay({ 'b.c': 'int b(void) { return 2; }\n' });
  const { build } = await buildKernel(context, source, patched);
  expect(build.incremental).toBe(true);
  expect(await madeIn(context)).toEqual(['b.o']);
});

test('work in the built folder that is stopped leaves no compiler behind', async () => {
  const context = await testContext();
  const { source } = await fakeTree(context.scratch, {
    'slow.mk': 'slow:\n\t(touch compiling; sleep 60; true)\n',
    'lose.mk': 'include slow.mk\n',
  });
  const stopping = new AbortController();
  const own = { ...context, signal: stopping.signal };
  const working = withWorkspace(own, source, (folder) =>
    makeKernel(own, { folder, settings: [] }, ['slow']),
  );
  await expect
    .poll(
      () =>
        treeOf(context)
          .then((folder) => readdir(folder))
          .catch(() => []),
      { timeout: 15_000 },
    )
    .toContain('compiling');
  const tree = await treeOf(context);
  stopping.abort(new Error('stopped by the user'));
  await expect(working).rejects.toThrow('stopped by the user');
  await sleep(50);
  expect(await workingIn(tree)).toEqual([]);
});

test('a build that was killed hard leaves no half-made object behind', async () => {
  const context = await testContext();
  const { source, overlay } = await fakeTree(context.scratch);
  await buildKernel(context, source);
  const tree = await treeOf(context);
  await writeFile(path.join(tree, '..', 'building'), '');
  await sleep(20);
  await writeFile(path.join(tree, 'b.o'), 'half');
  await madeIn(context);
  await buildKernel(
    context,
    source,
    await overlay({ 'a.c': 'int b(void);\nint a(void) { return 3 + b(); }\n' }),
  );
  expect(await madeIn(context)).toEqual(['a.o', 'b.o']);
});

test('a tree that was taken away is laid and built again', async () => {
  const context = await testContext();
  const { source, overlay } = await fakeTree(context.scratch);
  await buildKernel(context, source);
  await rm(await treeOf(context), { recursive: true });
  const built = await withWorkspace(context, source, (folder) => readdir(folder));
  expect(built).toContain('vmlinux');
  const patched = await overlay({ 'b.c': 'int b(void) { return 2; }\n' });
  expect((await buildKernel(context, source, patched)).build.incremental).toBe(true);
});

/** A process of somebody who looks on in a folder. It ends with the test. */
function shellIn(folder: string): ChildProcess {
  const shell = spawn('sleep', ['60'], { cwd: folder });
  onTestFinished(() => void shell.kill());
  return shell;
}

/** Processes whose folder is this one. */
async function workingIn(folder: string): Promise<string[]> {
  const { stdout } = await tryRun('find', [
    '/proc',
    '-maxdepth',
    '2',
    '-name',
    'cwd',
    '-lname',
    folder,
  ]);
  return stdout.split('\n').filter((line) => line !== '');
}
