import { digest } from '@pinbench/host';
import { expect, test } from 'vitest';
import { keptKey } from '../src/kept.ts';
import { standardMachine } from '../src/machine.ts';

const parts = {
  qemu: { version: '7.2.22', size: 1, mtimeMs: 1 },
  kernel: { sha256: 'k', direct: true },
  initramfs: 'i',
  processor: 'one',
};
const kvm = { ...standardMachine, accelerator: 'kvm', counted: false } as const;
const keyOf = (machine = standardMachine, changed: Partial<typeof parts> = {}): string =>
  digest(keptKey(machine, { ...parts, ...changed }));

test('whatever changes a machine changes its key', () => {
  const keys = [
    keyOf(),
    keyOf({ ...standardMachine, memoryMiB: 2048 }),
    keyOf({ ...standardMachine, counted: false }),
    keyOf({ ...standardMachine, cpu: 'qemu64' }),
    keyOf({ ...standardMachine, kernelOptions: ['quiet'] }),
    keyOf(kvm),
    keyOf(standardMachine, { qemu: { ...parts.qemu, mtimeMs: 2 } }),
    keyOf(standardMachine, { kernel: { sha256: 'other', direct: true } }),
    keyOf(standardMachine, { kernel: { sha256: 'k', direct: false } }),
    keyOf(standardMachine, { initramfs: 'other' }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});

test('the host’s processor counts under KVM only', () => {
  expect(keyOf(standardMachine, { processor: 'other' })).toBe(keyOf());
  expect(keyOf(kvm, { processor: 'other' })).not.toBe(keyOf(kvm));
});
