import { setTimeout } from 'node:timers/promises';
import { Cache, silentProgress, type Context } from '@pinbench/host';
import { expect, test } from 'vitest';
import { together } from '../src/run/together.ts';

const context = (signal = new AbortController().signal): Context => ({
  cache: new Cache('/nowhere'),
  scratch: '/nowhere',
  signal,
  progress: silentProgress,
});

test('gives what both parts give', async () => {
  const both = together(
    context(),
    () => Promise.resolve(1),
    () => Promise.resolve('two'),
  );
  expect(await both).toEqual([1, 'two']);
});

test('the first failure stops the other part, and is what is thrown', async () => {
  let stopped = false;
  const slow = async ({ signal }: Context): Promise<void> => {
    try {
      await setTimeout(60_000, undefined, { signal });
    } finally {
      stopped = true;
    }
  };
  const failing = (): Promise<never> => Promise.reject(new Error('no such patch'));
  await expect(together(context(), failing, slow)).rejects.toThrow('no such patch');
  expect(stopped).toBe(true);
});

test('the signal of the run reaches both', async () => {
  const controller = new AbortController();
  const wait = ({ signal }: Context): Promise<void> => setTimeout(60_000, undefined, { signal });
  const waiting = together(context(controller.signal), wait, wait);
  controller.abort();
  await expect(waiting).rejects.toThrow();
});
