import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Cache, withScratch } from '@pinbench/host';
import { describe, expect, test } from 'vitest';
import { describeDevice, fromLadder, recallAccelerator, troubleAt } from '../src/accelerator.ts';

describe('the rung that is used', () => {
  test('the first that answers, and what was wrong with those above', () => {
    expect(
      fromLadder([
        { cpu: 'host', trouble: 'no' },
        { cpu: 'max', trouble: undefined },
      ]),
    ).toEqual({
      kind: 'kvm',
      cpu: 'max',
      why: 'KVM: a guest answers with processor max (host: no)',
    });
  });

  test('TCG when none does, with rungs of one trouble together', () => {
    expect(
      fromLadder([
        { cpu: 'host', trouble: 'failed to set MSR 0x10a' },
        { cpu: 'max', trouble: 'failed to set MSR 0x10a' },
        { cpu: 'qemu64', trouble: 'starts and then says nothing' },
      ]),
    ).toEqual({
      kind: 'tcg',
      cpu: 'max',
      why: 'KVM: no guest answers (host, max: failed to set MSR 0x10a; qemu64: starts and then says nothing)',
    });
  });
});

describe('what a rung’s end says', () => {
  test('a kernel that looks for its root has answered', () => {
    const line =
      '[    1.0] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)';
    expect(troubleAt({ kind: 'panic', phase: 'kernel', line })).toBeUndefined();
  });

  test('silence, and death', () => {
    expect(troubleAt({ kind: 'hang', phase: 'firmware', limitMs: 3000 })).toBe(
      'starts and then says nothing',
    );
    expect(
      troubleAt({
        kind: 'qemu-died',
        phase: 'qemu-up',
        exitCode: undefined,
        message: 'qemu-system-x86_64: error: failed to set MSR 0x10a to 0x69',
      }),
    ).toBe('failed to set MSR 0x10a to 0x69');
  });

  test('any other panic is trouble', () => {
    expect(troubleAt({ kind: 'panic', phase: 'kernel', line: 'Kernel panic - x' })).toContain('x');
  });
});

test('a device that is missing and one that is forbidden are told apart', () => {
  expect(describeDevice('/dev/kvm', 'ENOENT')).toBe('KVM: there is no /dev/kvm');
  expect(describeDevice('/dev/kvm', 'EACCES')).toContain('no permission to use /dev/kvm');
  expect(describeDevice('/dev/kvm', 'ENODEV')).toContain('ENODEV');
});

test('the newest answer is recalled, whatever became of the others', async () => {
  await withScratch(async (folder) => {
    const cache = new Cache(folder);
    expect(await recallAccelerator(cache)).toBeUndefined();
    const answer = { kind: 'tcg', cpu: 'max', why: 'KVM: no guest answers' };
    const keep = (name: string, text: string) =>
      cache.entry('accelerators', { name }, (making) =>
        writeFile(path.join(making, 'answer.json'), text),
      );
    await keep('good', JSON.stringify(answer));
    await keep('cut off', JSON.stringify(answer).slice(0, 9));
    await keep('of another version', '{"kind":"hvf"}');
    expect(await recallAccelerator(cache)).toEqual(answer);
  });
});
