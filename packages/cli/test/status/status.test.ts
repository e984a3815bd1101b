import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { StatusReport, StatusResult } from '@pinbench/model';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { exitCodeOf } from '../../src/status/exit-code.ts';
import { statusCommand, type StatusOptions } from '../../src/status/index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'status-test-'));
  vi.stubEnv('PINBENCH_CACHE', path.join(folder, 'cache'));
  vi.stubEnv('INIT_CWD', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

/** Exit code and what went to standard output and to standard error. */
async function run(
  bases: string[],
  options: StatusOptions = {},
): Promise<[number, string, string]> {
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[stream], 'write').mockImplementation((chunk) => {
      said[stream] += String(chunk);
      return true;
    });
  }
  const code = await statusCommand(bases, options, new AbortController().signal);
  vi.restoreAllMocks();
  return [code, said.stdout, said.stderr];
}

/** A git tree with no more of a kernel than is asked about. */
async function makeTree(name: string, pins: string): Promise<string> {
  const place = path.join(folder, name);
  const files = {
    Makefile: 'VERSION = 4\nPATCHLEVEL = 9\nSUBLEVEL = 229\nEXTRAVERSION =\n',
    'drivers/vfio/vfio_iommu_type1.c': `static int vaddr_get_pfn(unsigned long vaddr)\n{\n\treturn ${pins};\n}\n`,
    'mm/gup.c': 'long get_user_pages(void)\n{\n\treturn 0;\n}\n',
  };
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(place, file)), { recursive: true });
    await writeFile(path.join(place, file), text);
  }
  const git = (...args: string[]): void => {
    const own = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-C', place];
    execFileSync('git', [...own, ...args], { stdio: 'ignore' });
  };
  git('init');
  git('add', '-A');
  git('commit', '-m', 'all');
  return `tree:${name}`;
}

const fast = 'get_user_pages_fast(vaddr, 1, 1, page)';

test('a tree that is exposed is a status like any other', async () => {
  const [code, stdout] = await run([await makeTree('old', fast)]);
  expect(code).toBe(0);
  expect(stdout).toContain('drivers/vfio/vfio_iommu_type1.c:3 pins fs-dax');
  expect(stdout).toMatch(/tree:old +4\.9\.229 +exposed/);
});

test('what was not understood is said, and in the exit code too', async () => {
  const [code, stdout] = await run([await makeTree('strange', 'grab(vaddr)')]);
  expect(code).toBe(1);
  expect(stdout).toContain('not understood');
});

test('a base that cannot be read is said, and the others are shown', async () => {
  const tree = await makeTree('old', fast);
  const [code, stdout, stderr] = await run([tree, 'tree:gone', tree], { json: true });
  expect(code).toBe(64);
  const result = JSON.parse(stdout) as StatusResult;
  expect(result.bases.map(({ base, type1 }) => [base, type1.stand])).toEqual([[tree, 'exposed']]);
  expect(result.unread).toMatchObject([{ base: 'tree:gone' }]);
  expect(stderr).toContain('pinbench: there is no tree at');
});

describe('the exit code', () => {
  const unclear = { type1: { stand: 'unknown', own: {} }, spapr: { v1: {}, v2: {} } };
  const unknown = unclear as StatusReport;

  test('is that of the worst: not to be had, a wrong request, not understood', () => {
    expect(exitCodeOf([], [])).toBe(0);
    expect(exitCodeOf([unknown], [])).toBe(1);
    expect(exitCodeOf([unknown], [64])).toBe(64);
    expect(exitCodeOf([], [64, 2])).toBe(2);
  });
});
