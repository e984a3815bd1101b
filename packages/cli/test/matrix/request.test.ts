import path from 'node:path';
import { RequestError } from '@pinbench/host';
import { describe, expect, test } from 'vitest';
import { hashGround } from '../../src/matrix/asked.ts';
import { isMatrix, readMatrixRequest } from '../../src/matrix/request.ts';
import { slugOf } from '../../src/matrix/slug.ts';
import type { RunRequest } from '../../src/run/request.ts';

const options = { accel: 'auto', time: 'counted', out: '/reports' };
const bases = ['debian:6.1', 'tree:/src/linux@v4.15'];

describe('a request for a matrix', () => {
  test('is a run for each base, with the same options and a folder of its own', () => {
    const { runs, out } = readMatrixRequest({ ...options, base: bases, check: ['pin-refusal'] });
    expect(out).toBe('/reports');
    expect(runs.map(({ base }) => base)).toEqual(bases);
    expect(new Set(runs.map((run) => run.out)).size).toBe(2);
    for (const run of runs) {
      expect(path.dirname(run.out)).toBe('/reports');
      expect(run.checks.map(({ name }) => name)).toEqual(['pin-refusal']);
    }
  });

  test('takes uncommitted changes along where there can be any', () => {
    const dirtyOf = (base: string[]) =>
      readMatrixRequest({ ...options, base, dirty: true }).runs.map(({ dirty }) => dirty);
    expect(dirtyOf(bases)).toEqual([false, true]);
    // Where there are none, that is for the base to say.
    expect(dirtyOf(['debian:6.1'])).toEqual([true]);
  });

  test('is refused for an option that is not known, or a base given twice', () => {
    const wrong = { ...options, base: bases, time: 'never' };
    expect(() => readMatrixRequest(wrong)).toThrow(RequestError);
    const twice = { ...options, base: [...bases, 'debian:6.1'] };
    expect(() => readMatrixRequest(twice)).toThrow('--base debian:6.1 is given twice');
    const unknown = { ...options, base: ['debian:6.1', 'debian:2.6'] };
    expect(() => readMatrixRequest(unknown)).toThrow('unknown base debian:2.6');
    expect(() => readMatrixRequest(options)).toThrow(RequestError);
  });

  test('is made by several bases, or by what only a matrix has', () => {
    expect(isMatrix({ ...options, base: bases })).toBe(true);
    expect(isMatrix({ ...options, base: ['debian:6.1'] })).toBe(false);
    expect(isMatrix({ ...options, base: ['debian:6.1'], resume: true })).toBe(true);
    expect(isMatrix({ ...options, base: ['debian:6.1'], status: true })).toBe(true);
  });
});

describe("a base's folder", () => {
  test('bears its name', () => {
    expect(slugOf('debian:6.12')).toBe('debian-6.12');
    expect(slugOf('tree:/home/me/src/linux@v4.15')).toMatch(/^tree-linux-v4\.15-[0-9a-f]{8}$/);
  });

  test('is one word below the folder of the matrix, whatever the base', () => {
    const specs = ['tree:..', 'tree:/', 'tree:a b@c/d', 'tree:/x/..@y', 'debian:../x', 'tree:'];
    for (const spec of specs) expect(slugOf(spec)).toMatch(/^[\w+-][\w.+-]*$/);
  });

  test('is another for another tree of the same name', () => {
    expect(slugOf('tree:/a/linux')).not.toBe(slugOf('tree:/b/linux'));
    expect(slugOf('tree:/a/linux@x/y')).not.toBe(slugOf('tree:/a/linux@x-y'));
  });
});

describe('what a row rests on', () => {
  const [request] = readMatrixRequest({ ...options, base: bases }).runs;
  const ground = {
    request,
    patches: { underTest: ['aa'], baseline: [] },
    base: { release: '6.1.0' },
    bench: 'x',
  };
  const asked = hashGround(ground);
  const withRequest = (change: Partial<RunRequest>) =>
    hashGround({ ...ground, request: { ...request, ...change } });

  test('does not change with where reports go and how they are printed', () => {
    expect(withRequest({ out: '/elsewhere', json: true, update: true })).toEqual(asked);
    expect(withRequest({ patches: ['/moved/same.patch'], baseline: ['/moved/too.patch'] })).toEqual(
      asked,
    );
  });

  test.each<[string, Partial<RunRequest>]>([
    ['a limit', { maxCost: 3 }],
    ['the clock', { clock: 'sampled' }],
    ['a cold boot', { cold: true }],
    ['uncommitted changes', { dirty: true }],
    ['the strategy', { strategy: 'two-kernels' }],
    ['the accelerator', { accelerator: 'kvm' }],
    ['the checks', { checks: [] }],
    ['the backings', { backings: ['anon'] }],
  ])('changes with %s', (_what, change) => {
    expect(withRequest(change)).toEqual({ ...asked, options: expect.any(String) as string });
    expect(withRequest(change).options).not.toBe(asked.options);
  });

  test('changes with the patches, the base and the bench, each for itself', () => {
    const changes = {
      patches: { underTest: ['bb'], baseline: [] },
      base: { release: '6.1.1' },
      bench: 'y',
    };
    for (const [key, value] of Object.entries(changes)) {
      const changed = hashGround({ ...ground, [key]: value });
      const differing = Object.keys(asked).filter(
        (each) => changed[each as keyof typeof asked] !== asked[each as keyof typeof asked],
      );
      expect(differing).toEqual([key]);
    }
    for (const patches of [
      { underTest: ['aa', 'bb'], baseline: [] },
      { underTest: ['aa'], baseline: ['bb'] },
    ]) {
      expect(hashGround({ ...ground, patches }).patches).not.toBe(asked.patches);
    }
  });
});
