import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withScratch } from '../src/index.ts';

test('a scratch folder is there during the work and gone after it', async () => {
  const folder = await withScratch((place) => {
    expect(existsSync(place)).toBe(true);
    return Promise.resolve(place);
  });
  expect(existsSync(folder)).toBe(false);
});

test('and gone after work that failed', async () => {
  let folder = '';
  const failing = withScratch((place) => {
    folder = place;
    return Promise.reject(new Error('failed'));
  });
  await expect(failing).rejects.toThrow('failed');
  expect(existsSync(folder)).toBe(false);
});
