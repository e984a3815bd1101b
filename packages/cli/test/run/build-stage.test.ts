import { silentProgress } from '@pinbench/host';
import { expect, test } from 'vitest';
import { asBuiltIn } from '../../src/run/build-stage.ts';

const kernel = (cached: boolean) => ({
  buildId: 'aa11',
  build: { ms: 320_000, incremental: false, cached },
});

test('a kernel that a run built is not said to have been there when the run takes it again', () => {
  const [run, other] = [{ ...silentProgress }, { ...silentProgress }];
  expect(asBuiltIn(run, kernel(false)).build.cached).toBe(false);
  expect(asBuiltIn(run, kernel(true)).build.cached).toBe(false);
  expect(asBuiltIn(run, { ...kernel(true), buildId: 'bb22' }).build.cached).toBe(true);
  expect(asBuiltIn(other, kernel(true)).build.cached).toBe(true);
});
