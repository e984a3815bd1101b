import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { aside } from '../../src/matrix/aside.ts';
import { identifyBases, type Identified } from '../../src/matrix/identify.ts';
import { readMatrixRequest } from '../../src/matrix/request.ts';
import { runRow } from '../../src/matrix/run-row.ts';
import { statusOfRow } from '../../src/matrix/status-of-row.ts';

const { signal } = new AbortController();
const watch = () => undefined;
const source = 'drivers/vfio/vfio_iommu_type1.c';

let folder: string;
const lay = async (name: string, text: string): Promise<void> => {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
};

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pinbench-ground-'));
  vi.stubEnv('PINBENCH_CACHE', path.join(folder, 'cache'));
  await lay('linux/Makefile', 'VERSION = 4\nPATCHLEVEL = 15\nSUBLEVEL = 0\nEXTRAVERSION =\n');
  await lay('linux/Kbuild', '');
  await lay('linux/Kconfig', '');
  await lay(`linux/${source}`, 'int before;\n');
  const diff = [`--- a/${source}`, `+++ b/${source}`, '@@ -1 +1 @@', '-int other;', '+int after;'];
  await lay('fix.patch', `diff --git a/${source} b/${source}\n${diff.join('\n')}\n`);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const identify = async (): Promise<Identified> => {
  const { runs } = readMatrixRequest({
    base: [`tree:${path.join(folder, 'linux')}`],
    patch: [path.join(folder, 'fix.patch')],
    out: path.join(folder, 'out'),
    accel: 'auto',
    time: 'counted',
  });
  const { bases } = await aside(signal, watch, (context) => identifyBases(context, runs));
  return bases[0]!;
};

test('a row stands on the tree as it was when its turn came', async () => {
  const first = await identify();
  const unchanged = await runRow(first, signal, watch);
  expect(unchanged).toMatchObject({ outcome: 'rejected', asked: first.asked });
  await lay(`linux/${source}`, 'int changed;\n');
  const row = await runRow(first, signal, watch);
  expect(row).toMatchObject({ outcome: 'rejected', applied: 'does-not-apply' });
  expect(row.asked?.base).not.toBe(first.asked?.base);
  expect(row.asked).toEqual((await identify()).asked);
});

test('a tree that changed after its turn is not read as the one that was booted', async () => {
  const base = await identify();
  const row = await runRow(base, signal, watch);
  await lay(`linux/${source}`, 'int changed;\n');
  const status = await aside(signal, watch, (context) => statusOfRow(context, base, row));
  expect(status.trouble).toContain('changed since');
  expect(status.compared).toBe(0);
});
