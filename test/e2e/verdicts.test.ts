import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { backings, isFsdax } from '@pinbench/model';
import { checkOf, patchFile, pinbench, resultOf } from './support/pinbench.ts';

describe('the patch that pinbench ships', () => {
  test('passes every check on every backing', async () => {
    const run = await pinbench([]);
    const result = await resultOf(run);
    expect(result.explanation.join('\n')).toContain('fail with EOPNOTSUPP');
    expect(result.verdict).toBe('pass');
    expect(run.exitCode).toBe(0);

    const refusal = checkOf(result, 'pin-refusal');
    expect(refusal.rows?.map((row) => row.backing)).toEqual([...backings]);
    for (const row of refusal.rows ?? []) {
      expect(row.before).toMatchObject({ outcome: 'maps' });
      expect(row.after).toMatchObject(
        isFsdax(row.backing) ? { outcome: 'refused', errno: 'EOPNOTSUPP' } : { outcome: 'maps' },
      );
    }

    expect(checkOf(result, 'splats').verdict).toBe('pass');

    const time = checkOf(result, 'map-unmap-time').time;
    expect(time?.clock).toBe('counted');
    expect(new Set(time?.rows.map((row) => row.backing))).toEqual(
      new Set(['anon', 'thp', 'hugetlb']),
    );

    expect(result.assumptions.every((assumption) => assumption.held)).toBe(true);
    expect(result.build?.differ).toContain('vfio_iommu_type1');
    expect(run.stdout).toContain('PASS');
    expect(await readFile(path.join(run.out, 'result.ktap'), 'utf8')).toMatch(/^KTAP version 1\n/);
    expect(await readFile(path.join(run.out, 'junit.xml'), 'utf8')).toContain('failures="0"');
  });

  // Once in some twenty runs, beside two kernel builds, a leg was three instructions off; why is not known yet.
  const again = { retry: 1 };
  test(
    'costs the same to the last digit in a second run, which builds and boots nothing',
    again,
    async () => {
      const [first, second] = [await pinbench([]), await pinbench([])];
      const [one, two] = [await resultOf(first), await resultOf(second)];
      expect(checkOf(two, 'map-unmap-time').time?.rows).toEqual(
        checkOf(one, 'map-unmap-time').time?.rows,
      );
      expect(
        two.stages.filter((stage) => /^(build|boot)/.test(stage.title) && !stage.cached),
      ).toEqual([]);
    },
  );

  test('fails when it costs more than is allowed', async () => {
    const run = await pinbench(['--check', 'map-unmap-time', '--max-cost', '0.01']);
    const result = await resultOf(run);
    expect(result.verdict).toBe('fail');
    expect(checkOf(result, 'map-unmap-time').reason).toContain('--max-cost of 0.01%');
    expect(run.exitCode).toBe(1);
  });

  test('cold and warm say the same', async () => {
    const [warm, cold] = [
      await resultOf(await pinbench([])),
      await resultOf(await pinbench(['--cold'])),
    ];
    expect(cold.machine?.boot).toBe('cold');
    expect(warm.machine?.boot).toBe('warm');
    expect(checkOf(cold, 'pin-refusal').rows).toEqual(checkOf(warm, 'pin-refusal').rows);
    expect(checkOf(cold, 'map-unmap-time').time?.rows).toEqual(
      checkOf(warm, 'map-unmap-time').time?.rows,
    );
  });

  test('is timed by a real clock too', async () => {
    const run = await pinbench([
      '--time',
      'sampled',
      '--check',
      'map-unmap-time',
      '--backing',
      'anon',
    ]);
    const time = checkOf(await resultOf(run), 'map-unmap-time').time;
    expect(time).toMatchObject({ clock: 'sampled', boots: 3 });
    for (const row of time?.rows ?? []) {
      expect(row.interval).toBeDefined();
      expect(row.system?.base).toBeGreaterThan(0);
    }
  });
});

test('a WARNING fails the run by itself, and stands in the result, with its excerpt', async () => {
  const run = await pinbench(['--patch', patchFile('leaks-page.patch'), '--check', 'pin-refusal']);
  const result = await resultOf(run);
  expect(checkOf(result, 'splats')).toMatchObject({
    verdict: 'fail',
    reason: expect.stringMatching(
      /^WARNING in dax_disassociate_entry \[[0-9a-f]{8}\] was printed from fs\/dax\.c:\d+ in leg 2 \(after\), while pin-refusal/,
    ) as string,
    // Once in each leg with the patch: a kernel warns of it once in its life, unless it is made to forget that.
    cases: [{ before: { saw: 'not seen' }, after: { saw: 'seen 2 times' } }],
  });
  expect(result.splats[0]).toMatchObject({ kind: 'warning' });
  expect(result.splats[0]?.excerpt.join('\n')).toContain('fs/dax.c');
});

test('a patch that does nothing fails a run of everything, and is not green where nothing could show it', async () => {
  const patch = ['--patch', patchFile('does-nothing.patch')];
  const everything = await pinbench(patch);
  expect((await resultOf(everything)).verdict).toBe('fail');
  expect(everything.exitCode).toBe(1);
  const unconcerned = await pinbench([...patch, '--backing', 'anon', '--time', 'off']);
  expect((await resultOf(unconcerned)).verdict).toBe('invalid');
  expect(unconcerned.exitCode).toBe(1);
});

test('a patch that keeps the lock fails for that, and what would hang behind it is not asked', async () => {
  const run = await pinbench(['--patch', patchFile('keeps-lock.patch'), '--time', 'off']);
  const result = await resultOf(run);
  const [locking, refusal] = [checkOf(result, 'locking'), checkOf(result, 'pin-refusal')];
  expect(locking.verdict).toBe('fail');
  expect(locking.reason).toMatch(
    /^after: untouched memory has VFIO_IOMMU_MAP_DMA wait for mmap_lock for good/,
  );
  expect(refusal.verdict).toBe('skip');
  expect(refusal.reason).toMatch(/^it was not asked to its end: the guest got stuck/);
  expect(result.verdict).toBe('fail');
  expect(run.exitCode).toBe(1);
});

describe('wrong patches fail, each for its own reason', () => {
  const wrong = [
    ['does-nothing.patch', /^after: fsdax-ext4 was pinned/],
    [
      'wrong-errno.patch',
      /^after: fsdax-ext4 was refused with EFAULT from VFIO_IOMMU_MAP_DMA and not with EOPNOTSUPP/,
    ],
    ['refuses-device-dax.patch', /^after: device-dax was refused with EOPNOTSUPP/],
    [
      'oopses.patch',
      /^the guest kernel oopsed in phase plan: BUG: kernel NULL pointer dereference, .* in leg 2 \(after\), at map 1\.pin-refusal\.fsdax-ext4\.map$/,
    ],
    ['refuses-device-memory.patch', /^after: device-bar was refused with EFAULT/],
    ['leaks-page.patch', /^after: fsdax-ext4 left something behind: .*nr_foll_pin/],
    [
      'leaks-reference.patch',
      /^after: anon left something behind: \d+ pages? that nobody maps any more/,
    ],
  ] as const;

  test.each(wrong)('%s', async (file, reason) => {
    const run = await pinbench(['--patch', patchFile(file), '--check', 'pin-refusal']);
    const result = await resultOf(run);
    expect(checkOf(result, 'pin-refusal').reason).toMatch(reason);
    expect(result.verdict).toBe('fail');
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toContain('FAIL');
    expect(await readFile(path.join(run.out, 'result.ktap'), 'utf8')).toMatch(/^not ok/m);
  });
});
