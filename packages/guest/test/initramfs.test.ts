import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BenchError, Cache, run, silentProgress, type Context } from '@pinbench/host';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeInitramfs } from '../src/initramfs.ts';
import { collectLibraries } from '../src/programs.ts';

let folder: string;
let tools: string;
const { signal } = new AbortController();

/** Unpacked packages in small: a program that needs liba, which needs libb, laid out as Debian does. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pinbench-initramfs-'));
  tools = path.join(folder, 'tools');
  const libraries = path.join(tools, 'usr/lib/x86_64-linux-gnu');
  for (const each of ['bin', 'sbin', 'usr/bin', 'etc', 'lib64', 'lib/x86_64-linux-gnu']) {
    await mkdir(path.join(tools, each), { recursive: true });
  }
  await mkdir(libraries, { recursive: true });
  await link('libb.so.1.2', [], ['-shared', '-Wl,-soname,libb.so.1']);
  await symlink('libb.so.1.2', path.join(libraries, 'libb.so.1'));
  await link('liba.so.1', ['libb.so.1'], ['-shared', '-Wl,-soname,liba.so.1']);
  await link('../../bin/ndctl', ['liba.so.1'], ['-Wl,--dynamic-linker=/lib64/ld-small.so.1']);
  for (const each of ['bin/busybox', 'sbin/mke2fs', 'sbin/mkfs.xfs']) {
    await copyFile(path.join(libraries, 'libb.so.1.2'), path.join(tools, each));
  }
  await writeFile(path.join(tools, 'etc/mke2fs.conf'), '[defaults]\n');
  await copyFile(
    path.join(libraries, 'libb.so.1.2'),
    path.join(tools, 'lib/x86_64-linux-gnu/ld-small.so.1'),
  );
  await symlink('/lib/x86_64-linux-gnu/ld-small.so.1', path.join(tools, 'lib64/ld-small.so.1'));
  await writeFile(path.join(folder, 'agent'), 'the agent');
  await writeFile(path.join(folder, 'ext4.ko'), 'a module');
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

async function link(name: string, needed: string[], flags: string[]) {
  const source = path.join(folder, 'empty.c');
  await writeFile(source, 'int _start(void) { return 0; }\n');
  const libraries = path.join(tools, 'usr/lib/x86_64-linux-gnu');
  const wanted = needed.map((each) => `-l:${each}`);
  await run(
    'gcc',
    ['-nostdlib', '-Wl,--no-as-needed', ...flags, source, `-L${libraries}`, ...wanted].concat(
      '-Wl,--allow-shlib-undefined',
      '-o',
      path.join(libraries, name),
    ),
  );
}

const context = (cache: string): Context => ({
  cache: new Cache(path.join(folder, cache)),
  scratch: folder,
  signal,
  progress: silentProgress,
});

const contents = () => ({
  agent: { file: path.join(folder, 'agent'), sha256: 'the hash' },
  tools,
  modules: [path.join(folder, 'ext4.ko')],
  setupPlan: 'power-off\n',
});

describe('libraries', () => {
  test('are followed through each other, to the loader', async () => {
    const program = { name: 'bin/ndctl', source: path.join(tools, 'usr/bin/ndctl') };
    const placed = await collectLibraries(tools, [program], signal);
    expect(placed.map(({ name }) => name).sort()).toEqual([
      'lib/liba.so.1',
      'lib/libb.so.1',
      'lib64/ld-small.so.1',
    ]);
    expect(placed.find(({ name }) => name === 'lib/libb.so.1')?.source).toMatch(/libb\.so\.1\.2$/);
  });

  test('that are not there are named, with what needs them', async () => {
    const program = { name: 'bin/ndctl', source: path.join(tools, 'usr/bin/ndctl') };
    const empty = path.join(folder, 'no-tools');
    await expect(collectLibraries(empty, [program], signal)).rejects.toThrow(BenchError);
    await expect(collectLibraries(empty, [program], signal)).rejects.toMatchObject({
      message: 'liba.so.1 is not among the packages for the guest',
      hint: 'it should come with the dependencies of bin/ndctl',
    });
  });
});

describe('the initramfs', () => {
  test('holds the agent, the programs, their libraries, the modules and the plan', async () => {
    const { file } = await makeInitramfs(context('listed'), contents());
    const { stdout } = await run('cpio', ['-t', '--quiet', '-F', file]);
    expect(stdout.split('\n')).toEqual(
      [
        ['agent', 'bin', 'bin/busybox', 'bin/mke2fs', 'bin/mkfs.xfs', 'bin/ndctl'],
        ['etc', 'etc/mke2fs.conf', 'init', 'lib', 'lib/liba.so.1', 'lib/libb.so.1'],
        ['lib64', 'lib64/ld-small.so.1', 'modules', 'modules/ext4.ko', 'setup.plan'],
      ].flat(),
    );
  });

  test('is the same to the byte when it is made again elsewhere', async () => {
    const first = await makeInitramfs(context('one'), contents());
    const second = await makeInitramfs(context('two'), contents());
    expect(second.file).not.toBe(first.file);
    expect((await readFile(second.file)).equals(await readFile(first.file))).toBe(true);
    expect(second.sha256).toBe(first.sha256);
  });

  test('is made anew for another plan, and only then', async () => {
    const cached = context('cached');
    const first = await makeInitramfs(cached, contents());
    expect((await makeInitramfs(cached, contents())).file).toBe(first.file);
    const other = await makeInitramfs(cached, { ...contents(), setupPlan: 'counters\n' });
    expect(other.sha256).not.toBe(first.sha256);
  });

  test('cannot be made without one of its programs', async () => {
    const lacking = path.join(folder, 'lacking');
    await mkdir(lacking);
    await expect(
      makeInitramfs(context('lacking-cache'), { ...contents(), tools: lacking }),
    ).rejects.toMatchObject({ hint: expect.stringMatching(/busybox-static|e2fsprogs/) as string });
  });
});
