import { rm } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from '@pinbench/host';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { pinbench, resultOf, temporaryFolder } from './support/pinbench.ts';

test('two runs at once in one clone and one cache build once and both pass', async () => {
  await rm(path.join(cacheFolder(), 'built'), { recursive: true, force: true });
  const args = ['--check', 'pin-refusal', '--backing', 'anon,fsdax-ext4'];
  const runs = await Promise.all([pinbench(args), pinbench(args)]);
  const results = await Promise.all(runs.map(resultOf));
  expect(results.map(({ verdict }) => verdict)).toEqual(['pass', 'pass']);
  const builds = results.flatMap(({ stages }) =>
    stages.filter(({ title }) => title.startsWith('build')),
  );
  expect(results[0]?.build?.modules).toEqual(results[1]?.build?.modules);
  expect(builds).toHaveLength(2);
});

test('a full disk is one clear line, a hint and exit code 2', async () => {
  // A file system of 64 MiB for the cache, in a mount namespace that goes with the process.
  const cache = temporaryFolder();
  const script = 'mount -t tmpfs -o size=64m none "$1" && shift && exec "$@"';
  const main = path.resolve('packages/cli/src/main.ts');
  const run = await execa(
    'unshare',
    [
      ...['--map-root-user', '--mount', 'sh', '-c', script, 'sh', cache],
      ...['node', '--import', 'tsx', main, '--out', temporaryFolder()],
    ],
    { reject: false, env: { PINBENCH_CACHE: cache } },
  );
  expect(run.stderr).toMatch(/^pinbench: .*(space|room)/m);
  expect(run.stderr).toMatch(/^ {2}hint: /m);
  expect(run.exitCode).toBe(2);
});

test('doctor says that runs work here', async () => {
  const { exitCode, stdout } = await execa('node', [
    ...['--import', 'tsx', path.resolve('packages/cli/src/main.ts'), 'doctor', '--json'],
  ]);
  const { items } = JSON.parse(stdout) as { items: { item: string; state: string }[] };
  expect(items.filter(({ state }) => state === 'missing')).toEqual([]);
  expect(items.map(({ item }) => item)).toContain('qemu-system-x86_64');
  expect(exitCode).toBe(0);
});
