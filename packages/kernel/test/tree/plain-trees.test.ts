import { chmod, mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, RequestError, run, type Context } from '@pinbench/host';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { resolveBase } from '../../src/base.ts';
import { wholeSource } from '../../src/kernel-source.ts';
import { testContext } from '../context.ts';
import {
  developer,
  kernelCheckout,
  kernelFiles,
  kernelFolder,
  layOut,
  treeBase,
  writeFiles,
} from './kernel-tree.ts';
import { snapshotTree } from './snapshot-tree.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** The names of the files below a folder, and what is in them. */
function contents(folder: string): Record<string, string> {
  const all = Object.entries(snapshotTree(folder)).filter(([, state]) => !state.startsWith('4'));
  return Object.fromEntries(all.map(([name, state]) => [name, state.split(' ').at(-1) ?? '']));
}

const keyOf = async (context: Context, spec: string) =>
  (await treeBase(context, spec)).snapshot.key;

async function refusal(context: Context, spec: string, dirty = false): Promise<string> {
  const error: unknown = await treeBase(context, spec, { dirty }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(RequestError);
  const { message, hint = '' } = error as RequestError;
  return `${message} | ${hint}`.replaceAll(context.scratch, '');
}

describe('a plain folder', () => {
  test('is taken with its links and programs, and not written to', async () => {
    const context = await testContext();
    const linux = await kernelFolder(context);
    await writeFiles(linux, { 'scripts/run.sh': '#!/bin/sh\n', 'Documentation/a b\n"c".txt': 'x' });
    await chmod(path.join(linux, 'scripts/run.sh'), 0o755);
    await symlink('../mm/gup.c', path.join(linux, 'drivers/link.c'));
    const before = snapshotTree(linux);
    const base = await treeBase(context, 'tree:linux');
    const folder = await layOut(context, base);
    expect(snapshotTree(linux)).toEqual(before);
    expect(base).toMatchObject({
      release: '4.15.0-rc9',
      tree: { kind: 'folder', path: linux, dirty: false, leftOut: 0 },
    });
    expect(base.sourceVersion).toMatch(/^files [0-9a-f]{12}$/);
    expect(contents(folder)).toEqual(contents(linux));
    expect(snapshotTree(folder)['scripts/run.sh']).toMatch(/^100755 /);
  });

  test('may be one that nobody may write to', async () => {
    const context = await testContext();
    const linux = await kernelFolder(context);
    await run('chmod', ['-R', 'a-w', linux]);
    const { folder } = await wholeSource(context, await treeBase(context, 'tree:linux'));
    const own = Object.values(snapshotTree(folder)).map((state) => state.split(' ')[0] ?? '');
    expect(own.filter((mode) => (Number.parseInt(mode, 8) & 0o200) === 0)).toEqual([]);
    await run('chmod', ['-R', 'u+w', linux]);
  });

  test('inside a checkout is no part of it', async () => {
    const context = await testContext();
    const outer = await kernelCheckout(context, 'outer');
    await writeFiles(outer, { 'inner/.gitignore': '*\n' });
    for (const [name, text] of Object.entries(kernelFiles))
      await writeFiles(outer, { [`inner/${name}`]: text });
    const base = await treeBase(context, 'tree:outer/inner');
    expect(base.tree.kind).toBe('folder');
  });

  test('is known by its content: times do not count, names and modes do', async () => {
    const context = await testContext();
    const linux = await kernelFolder(context);
    await kernelFolder(context, 'copy');
    const first = await keyOf(context, 'tree:linux');
    expect(await keyOf(context, 'tree:copy')).toEqual(first);
    const keys = [first];
    await writeFiles(linux, { 'mm/gup.c': 'int pug;\n' });
    keys.push(await keyOf(context, 'tree:linux'));
    await chmod(path.join(linux, 'mm/gup.c'), 0o755);
    keys.push(await keyOf(context, 'tree:linux'));
    await rm(path.join(linux, 'mm/gup.c'));
    keys.push(await keyOf(context, 'tree:linux'));
    await symlink('gip.c', path.join(linux, 'mm/gup.c'));
    keys.push(await keyOf(context, 'tree:linux'));
    expect(new Set(keys.map((key) => JSON.stringify(key))).size).toBe(5);
  });

  test('that changes between being looked at and being copied is not taken for what it was', async () => {
    const context = await testContext();
    const linux = await kernelFolder(context);
    const base = await treeBase(context, 'tree:linux');
    await writeFiles(linux, { 'mm/gup.c': 'int pug;\n' });
    await expect(wholeSource(context, base)).rejects.toThrow(`${linux} changed while it was read`);
    await rm(path.join(linux, 'mm/gup.c'));
    await expect(wholeSource(context, base)).rejects.toThrow(`${linux} changed while it was read`);
  });

  test('that was built in comes without what the build left', async () => {
    const context = await testContext();
    const linux = await kernelFolder(context);
    const mrproper = 'mrproper:\n\trm -rf .config include/generated mm/gen.h\n';
    await writeFiles(linux, { Makefile: `${kernelFiles['Makefile'] ?? ''}${mrproper}` });
    const clean = await keyOf(context, 'tree:linux');
    await writeFiles(linux, {
      'mm/gup.o': 'object',
      'mm/.gup.o.cmd': 'command',
      'drivers/vfio/vfio.ko': 'module',
      vmlinux: 'kernel',
      'arch/x86/boot/bzImage': 'image',
    });
    const built = await treeBase(context, 'tree:linux');
    expect(built.tree.leftOut).toBe(5);
    expect(built.snapshot.key).toEqual(clean);
    await writeFiles(linux, {
      '.config': 'CONFIG_VFIO=y\n',
      'include/generated/autoconf.h': '#define CONFIG_VFIO 1\n',
      'mm/gen.h': 'made\n',
    });
    const before = snapshotTree(linux);
    const { folder } = await wholeSource(context, await treeBase(context, 'tree:linux'));
    expect(snapshotTree(linux)).toEqual(before);
    const names = Object.keys(contents(folder)).filter((name) => name !== '.pinbench-entry.json');
    expect(names).toEqual(Object.keys(kernelFiles).sort());
  });

  test('that cannot be cleared stops the bench, which blames nobody else', async () => {
    const context = await testContext();
    const linux = await kernelFolder(context);
    await writeFiles(linux, { '.config': 'CONFIG_VFIO=y\n' });
    const taking = wholeSource(context, await treeBase(context, 'tree:linux'));
    await expect(taking).rejects.toThrow(BenchError);
    await expect(taking).rejects.toMatchObject({
      detail: expect.arrayContaining([expect.stringContaining('mrproper')]) as unknown,
    });
  });

  test('has no revisions and no changes, and may not be a kernel', async () => {
    const context = await testContext();
    await kernelFolder(context);
    await mkdir(path.join(context.scratch, 'empty'));
    expect(await refusal(context, 'tree:linux@v4.15')).toBe(
      '/linux is a plain folder, and only git trees have revisions | leave out @v4.15, or give a git repository',
    );
    expect(await refusal(context, 'tree:linux', true)).toMatch(
      /^--dirty takes uncommitted changes of a git tree, and \/linux is a plain folder \| leave/,
    );
    expect(await refusal(context, 'tree:empty')).toMatch('/empty is not a kernel tree');
    expect(await refusal(context, 'tree:none')).toMatch('there is no tree at /none');
    expect(await refusal(context, 'tree:')).toMatch('tree: names no path');
  });
});

describe('a tarball', () => {
  const pack = (context: Context, name: string, ...args: string[]) =>
    run('tar', ['-caf', path.join(context.scratch, name), ...args], { cwd: context.scratch });

  test.each(['linux.tar', 'linux.tar.gz', 'linux.tar.xz', 'linux.tar.bz2'])('%s', async (name) => {
    const context = await testContext();
    const linux = await kernelFolder(context, 'linux-4.15');
    await pack(context, name, 'linux-4.15');
    const before = snapshotTree(linux);
    const base = await treeBase(context, `tree:${name}`);
    expect(base).toMatchObject({
      release: '4.15.0-rc9',
      tree: { kind: 'tarball', path: path.join(context.scratch, name), dirty: false },
    });
    expect(base.sourceVersion).toMatch(/^sha256 [0-9a-f]{12}$/);
    expect(contents(await layOut(context, base))).toEqual(contents(linux));
    expect(Object.keys(contents(await layOut(context, base, ['drivers/vfio', 'none'])))).toEqual([
      'drivers/vfio/Makefile',
      'drivers/vfio/vfio_iommu_type1.c',
    ]);
    expect(snapshotTree(linux)).toEqual(before);
  });

  test('may keep the kernel in any folder, or in none', async () => {
    const context = await testContext();
    const linux = await kernelFolder(context, 'a/b/linux');
    const layouts = [['a'], ['./a'], ['-C', linux, '.'], ['-C', linux, 'Makefile', 'drivers']];
    for (const [index, args] of layouts.entries()) {
      await pack(context, `${index}.tar`, ...args);
      const base = await treeBase(context, `tree:${index}.tar`);
      const folder = await layOut(context, base);
      expect(Object.keys(contents(folder)), args.join(' ')).toEqual(
        expect.arrayContaining(['Makefile', 'drivers/vfio/vfio_iommu_type1.c']),
      );
    }
  });

  test('is known by its content', async () => {
    const context = await testContext();
    const linux = await kernelFolder(context);
    await pack(context, 'one.tar', 'linux');
    await run('cp', ['one.tar', 'same.tar'], { cwd: context.scratch });
    await writeFiles(linux, { 'mm/gup.c': 'int pug;\n' });
    await pack(context, 'two.tar', 'linux');
    const first = await keyOf(context, 'tree:one.tar');
    expect(await keyOf(context, 'tree:same.tar')).toEqual(first);
    expect(await keyOf(context, 'tree:two.tar')).not.toEqual(first);
  });

  test('that is none, is cut off or is asked for what only git has, is refused', async () => {
    const context = await testContext();
    await kernelFolder(context);
    await pack(context, 'linux.tar.xz', 'linux');
    await run('truncate', ['--size=200', 'linux.tar.xz'], { cwd: context.scratch });
    await writeFiles(context.scratch, { 'notes.txt': 'no kernel\n' });
    expect(await refusal(context, 'tree:notes.txt')).toMatch('/notes.txt is not a whole tarball');
    expect(await refusal(context, 'tree:linux.tar.xz')).toMatch('is not a whole tarball');
    expect(await refusal(context, 'tree:linux.tar.xz@v4.15')).toMatch('is a tarball, and only git');
    expect(await refusal(context, 'tree:linux.tar.xz', true)).toMatch('is a tarball | leave');
  });

  test('that the host cannot unpack names the program that is missing', async () => {
    const context = await testContext();
    await kernelFolder(context);
    await pack(context, 'linux.tar.xz', 'linux');
    const bin = path.join(context.scratch, 'bin');
    await mkdir(bin);
    for (const tool of ['tar', 'env', 'git'])
      await symlink(`/usr/bin/${tool}`, path.join(bin, tool));
    vi.stubEnv('PATH', bin);
    const taking = treeBase(context, 'tree:linux.tar.xz');
    await expect(taking).rejects.toThrow(BenchError);
    await expect(taking).rejects.toMatchObject({
      message: `${path.join(context.scratch, 'linux.tar.xz')} needs xz to be unpacked, which is not installed`,
      hint: 'apt-get install xz-utils',
    });
  });
});

describe('what stands behind tree:', () => {
  test('is a path from where the user stands, or from the home folder', async () => {
    const context = await testContext();
    const linux = await kernelFolder(context, 'home/src/linux');
    const from = path.join(context.scratch, 'home/work');
    expect((await treeBase(context, 'tree:../src/linux', { from })).tree.path).toBe(linux);
    vi.stubEnv('HOME', path.join(context.scratch, 'home'));
    expect((await treeBase(context, 'tree:~/src/linux', { from })).tree.path).toBe(linux);
  });

  test('ends at the last @ before which there is something', async () => {
    const context = await testContext();
    const linux = await kernelCheckout(context, 'linux');
    await developer(linux, 'branch', 'for@review');
    await kernelFolder(context, 'linux@old');
    expect((await treeBase(context, 'tree:linux@old')).tree.kind).toBe('folder');
    expect((await treeBase(context, 'tree:linux@HEAD')).tree.path).toBe(linux);
    expect((await treeBase(context, 'tree:linux@for@review')).tree.path).toBe(linux);
    expect((await treeBase(context, 'tree:.@HEAD', { from: linux })).tree.path).toBe(linux);
  });

  test('goes with --dirty, and nothing else does', async () => {
    const context = await testContext();
    await expect(resolveBase(context, 'debian:6.1', { dirty: true })).rejects.toThrow(
      '--dirty takes uncommitted changes of a git tree, and debian:6.1 is none',
    );
  });
});

describe('the whole source', () => {
  test('is made once for the same content, and says which kernel it is', async () => {
    const context = await testContext();
    await kernelCheckout(context);
    await developer(context.scratch, 'clone', '-q', 'linux', 'other');
    const source = await wholeSource(context, await treeBase(context, 'tree:linux'));
    expect(source.version).toEqual({ major: 4, minor: 15, sublevel: 0, extra: '-rc9' });
    const before = snapshotTree(source.folder);
    const again = await wholeSource(context, await treeBase(context, 'tree:other'));
    expect(again).toEqual(source);
    expect(snapshotTree(again.folder)['Makefile']).toEqual(before['Makefile']);
  });
});
