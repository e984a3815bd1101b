import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from '@pinbench/host';
import { resultSchema } from '@pinbench/model';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { start, temporaryFolder } from './support/pinbench.ts';

test('two runs at once in one clone, one cache and one --out build once and both pass', async () => {
  const out = temporaryFolder();
  const marker = path.join(out, 'marker.patch');
  await writeFile(marker, uniquePatch());
  const shipped = path.resolve('qemu/patches/debian-6.1/vfio-disable-fsdax-pinning.patch');
  const started = Date.now();
  const runs = await Promise.all(
    [1, 2].map(() =>
      start([
        ...['--patch', shipped, '--patch', marker, '--out', out],
        ...['--check', 'pin-refusal', '--backing', 'anon,fsdax-ext4', '--json'],
      ]),
    ),
  );
  const results = runs.map(({ stdout }) => resultSchema.parse(JSON.parse(stdout)));
  expect(results.map(({ verdict }) => verdict)).toEqual(['pass', 'pass']);
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  // The after of this patch is new to the cache; the before is not.
  const built = path.join(cacheFolder(), 'built');
  const fresh = (await readdir(built)).filter(
    (name) =>
      /^[0-9a-f]+$/.test(name) &&
      statSync(path.join(built, name, 'modules.json')).mtimeMs > started,
  );
  expect(fresh).toHaveLength(1);
});

/** Adds a comment that no other run has. */
const uniquePatch = (): string =>
  [
    'diff --git a/drivers/vfio/vfio_iommu_type1.c b/drivers/vfio/vfio_iommu_type1.c',
    '--- a/drivers/vfio/vfio_iommu_type1.c',
    '+++ b/drivers/vfio/vfio_iommu_type1.c',
    '@@ -1,2 +1,3 @@',
    ' // SPDX-License-Identifier: GPL-2.0-only',
    `+/* ${randomUUID()} */`,
    ' /*',
    '',
  ].join('\n');

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
