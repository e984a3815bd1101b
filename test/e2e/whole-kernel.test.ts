import { readdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { cacheFolder } from '@pinbench/host';
import { resolveDebianBase, wholeSource } from '@pinbench/kernel';
import { describe, expect, test } from 'vitest';
import { contextForTest } from './support/guest.ts';
import {
  checkOf,
  patchFile,
  pinbench,
  resultOf,
  start,
  temporaryFolder,
} from './support/pinbench.ts';
import { processesIn } from './support/processes.ts';

const shipped = (name: string): string => path.join('qemu/patches/debian-5.10', `${name}.patch`);
const baseline = ['--baseline', shipped('baseline')];
const right = ['--patch', shipped('vfio-disable-fsdax-pinning')];
const inGup = ['--patch', patchFile('wrong-errno-in-gup.patch')];

/** Debian's source of 5.10 as a folder of the user's. It is built once, the first time anything here needs it. */
async function tree(): Promise<string[]> {
  const context = contextForTest();
  const { folder } = await wholeSource(context, await resolveDebianBase(context, 'debian:5.10'));
  return ['--base', `tree:${folder}`];
}

/** A whole build on two cores that others use too. */
const patience = 1_800_000;

describe('a tree that is built whole', { timeout: patience }, () => {
  test('gives the same answers with two kernels as with modules that are swapped', async () => {
    const swapped = await resultOf(await pinbench(await tree()));
    const both = await resultOf(await pinbench([...(await tree()), '--strategy', 'two-kernels']));
    expect(swapped.build?.strategy).toBe('module-swap');
    expect(both.build?.strategy).toBe('two-kernels');
    for (const result of [swapped, both]) {
      expect(result.explanation.join('\n')).toContain('fail with EOPNOTSUPP');
      expect(result.verdict).toBe('pass');
      expect(result.assumptions.filter(({ held }) => !held)).toEqual([]);
    }
    expect(checkOf(both, 'pin-refusal').rows).toEqual(checkOf(swapped, 'pin-refusal').rows);
    const time = checkOf(both, 'map-unmap-time').time;
    expect(time).toMatchObject({ clock: 'counted', legs: 'AA BB' });

    const [whole] = swapped.build?.kernels ?? [];
    const after = both.build?.kernels?.find(({ variant }) => variant === 'after');
    expect(whole?.incremental).toBe(false);
    expect(after).toMatchObject({ incremental: true, wholeMs: whole?.ms });
    expect(after!.ms).toBeLessThanOrEqual(after!.wholeMs! / 10);
  });

  test('a wrong patch outside of any module is caught, by two kernels without being asked', async () => {
    const run = await pinbench([
      ...(await tree()),
      ...baseline,
      ...right,
      ...inGup,
      '--check',
      'pin-refusal',
    ]);
    const result = await resultOf(run);
    expect(result.build).toMatchObject({
      strategy: 'two-kernels',
      why: expect.stringMatching(/^mm\/gup\.c does not build into a module/) as string,
    });
    expect(checkOf(result, 'pin-refusal').reason).toMatch(
      /^after: fsdax-ext4 was refused with EFAULT/,
    );
    expect(result.verdict).toBe('fail');
    expect(run.exitCode).toBe(1);
  });
});

test('Ctrl-C in a whole build ends the compilers and leaves no report', async () => {
  const [temporary, cache, out] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  // All that is cached but what is to be built.
  for (const kind of await readdir(cacheFolder()))
    if (!['whole-kernel', 'workspaces'].includes(kind))
      await symlink(path.join(cacheFolder(), kind), path.join(cache, kind));
  const args = ['--base', 'debian:5.10', ...inGup, '--out', out];
  const running = start(args, { TMPDIR: temporary, PINBENCH_CACHE: cache });
  for (let waited = 0; processesIn(cache).length < 3; waited += 50) {
    if (waited > 240_000) throw new Error('nothing was compiled');
    await setTimeout(50);
  }
  running.kill('SIGINT');
  const run = await running;
  expect(run.exitCode).toBe(130);
  expect(run.stderr).toContain('stopped by SIGINT');
  expect(processesIn(cache)).toEqual([]);
  expect(await readdir(out)).toEqual([]);
  expect((await readdir(temporary)).filter((name) => name.startsWith('pinbench-'))).toEqual([]);
});
