import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  BenchError,
  Cache,
  digest,
  silentProgress,
  withScratch,
  type Context,
} from '@pinbench/host';
import { afterEach, expect, test, vi } from 'vitest';
import { openArchive, resolve } from '../src/index.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const contextIn = (folder: string): Context => ({
  cache: new Cache(path.join(folder, 'cache')),
  scratch: folder,
  signal: new AbortController().signal,
  progress: silentProgress,
});

const resolveIn = (context: Context) => resolve(context, openArchive(context, 'bookworm'), ['a']);

/** A port of this machine that nothing listens on. */
const deaf = 'http://127.0.0.1:9/debian';

test('a mirror that does not answer is one line, with a way out', async () => {
  vi.stubEnv('PINBENCH_MIRROR', deaf);
  vi.stubEnv('PINBENCH_SECURITY_MIRROR', '');
  await withScratch(async (folder) => {
    const error: unknown = await resolveIn(contextIn(folder)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BenchError);
    expect(error).toMatchObject({
      message: 'cannot read the package lists of bookworm: the mirror does not answer',
      hint: expect.stringContaining('PINBENCH_MIRROR') as string,
    });
  });
});

test('an abort stops who is aborted, not who opened the archive', async () => {
  vi.stubEnv('PINBENCH_MIRROR', deaf);
  vi.stubEnv('PINBENCH_SECURITY_MIRROR', '');
  await withScratch(async (folder) => {
    const first = contextIn(folder);
    openArchive(first, 'bookworm');
    const stopped = { ...first, signal: AbortSignal.abort(new Error('no longer wanted')) };
    await expect(resolveIn(stopped)).rejects.toThrow('no longer wanted');
    await expect(resolveIn(first)).rejects.toThrow('the mirror does not answer');
  });
});

test('what was resolved once is answered without apt, until an update is asked for', async () => {
  vi.stubEnv('PINBENCH_MIRROR', deaf);
  vi.stubEnv('PINBENCH_SECURITY_MIRROR', '');
  await withScratch(async (folder) => {
    const known = {
      resolvedAt: '2026-01-05T12:00:00.000Z',
      packages: [{ name: 'a', version: '1', depends: '' }],
    };
    const context = contextIn(folder);
    const archive = openArchive(context, 'bookworm');
    const file = `${digest(['versions', 'a']).slice(0, 24)}.json`;
    await mkdir(path.join(archive.folder, 'answers'), { recursive: true });
    await writeFile(path.join(archive.folder, 'answers', file), JSON.stringify(known));

    expect(await resolve(context, archive, ['a'])).toEqual(known);
    const updating = contextIn(folder);
    const anew = openArchive(updating, 'bookworm', { update: true });
    await expect(resolve(updating, anew, ['a'])).rejects.toThrow('the mirror does not answer');
  });
});

test('other mirrors have a state of their own', async () => {
  await withScratch((folder) => {
    const usual = openArchive(contextIn(folder), 'bookworm').folder;
    vi.stubEnv('PINBENCH_MIRROR', deaf);
    expect(openArchive(contextIn(folder), 'bookworm').folder).not.toBe(usual);
    return Promise.resolve();
  });
});
