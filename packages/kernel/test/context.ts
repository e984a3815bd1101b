import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Cache, silentProgress, type Context } from '@pinbench/host';
import { onTestFinished } from 'vitest';

/** A folder that is gone when the test ends, and a context whose cache and scratch lie in it. */
export async function testContext(): Promise<Context> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pinbench-kernel-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return {
    cache: new Cache(path.join(folder, 'cache')),
    scratch: folder,
    signal: new AbortController().signal,
    progress: silentProgress,
  };
}
