import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { renderJson, renderKtap, writeReports } from '../src/index.ts';
import { failing, passing } from './fixtures.ts';

describe('writing reports', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'pinbench-report-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  test('makes the folder, writes four files and leaves nothing else', async () => {
    const out = path.join(folder, 'a/b');
    await writeReports(passing, out);
    expect((await readdir(out)).sort()).toEqual([
      'junit.xml',
      'report.txt',
      'result.json',
      'result.ktap',
    ]);
    expect(await readFile(path.join(out, 'result.json'), 'utf8')).toBe(renderJson(passing));
  });

  test('replaces the reports of an earlier run', async () => {
    await writeReports(passing, folder);
    await writeReports(failing, folder);
    expect(await readFile(path.join(folder, 'result.ktap'), 'utf8')).toBe(renderKtap(failing));
  });

  test('the text report holds no colour, whatever the terminal', async () => {
    await writeReports(failing, folder);
    expect(await readFile(path.join(folder, 'report.txt'), 'utf8')).not.toContain('\u001b');
  });
});
