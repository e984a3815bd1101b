import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tryRun } from '@pinbench/host';
import { describe, expect, onTestFinished, test } from 'vitest';
import { enterRoot, sandboxArguments } from '../src/sandbox.ts';

const sight = { read: ['/cache/headers'], write: ['/cache/work'], cwd: '/cache/headers/a' };
const after = (args: readonly string[], ...words: string[]): (string | undefined)[] => {
  const at = args.findIndex((_word, index) => words.every((word, n) => args[index + n] === word));
  return at === -1 ? [] : [...args.slice(at + words.length, at + words.length + 1)];
};

describe('a root of unpacked packages', () => {
  test('of a release with /usr merged gets the links that an installation would make', () => {
    const args = sandboxArguments('/root', new Set(['usr', 'etc']), sight);
    expect(after(args, '--ro-bind', '/root/usr')).toEqual(['/usr']);
    expect(after(args, '--symlink', 'usr/lib64')).toEqual(['/lib64']);
  });

  test('of an older release is shown as it is', () => {
    const args = sandboxArguments('/root', new Set(['usr', 'bin', 'lib', 'lib64']), sight);
    expect(after(args, '--ro-bind', '/root/lib64')).toEqual(['/lib64']);
    expect(after(args, '--symlink', 'usr/sbin')).toEqual(['/sbin']);
  });

  test('sees of the host only what it is shown, and may write where it is told', () => {
    const args = sandboxArguments('/root', new Set(['usr']), sight);
    expect(after(args, '--ro-bind', '/cache/headers')).toEqual(['/cache/headers']);
    expect(after(args, '--bind')).toEqual(['/cache/work']);
    expect(args.filter((word) => word === '--bind')).toHaveLength(1);
  });
});

test('a command in the root of this host writes where it may, and nowhere else', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'pinbench-sandbox-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [read, write] = [path.join(folder, 'read'), path.join(folder, 'write')];
  await Promise.all([mkdir(read), mkdir(write)]);
  await writeFile(path.join(read, 'seen'), 'yes');
  const enter = await enterRoot('/', { read: [read], write: [write], cwd: read });
  const script = `cat seen > ${write}/copy; touch ${read}/no; touch /usr/no; ls ${folder}; ls /etc`;
  const [bwrap, ...args] = enter;
  const { stdout, stderr } = await tryRun(bwrap, [...args, 'sh', '-c', script]);
  expect(await readFile(path.join(write, 'copy'), 'utf8')).toBe('yes');
  expect(stdout).toBe('read\nwrite');
  expect(stderr.match(/Read-only file system/g)).toHaveLength(2);
  expect(stderr).toMatch(/\/etc.*No such file/);
});
