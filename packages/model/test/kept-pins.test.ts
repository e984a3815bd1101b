import { expect, test } from 'vitest';
import { keptPins, partsOf, type Pinner } from '../src/expect/index.ts';
import { parseKernelVersion, type Backing, type Pinning } from '../src/index.ts';

const on = (release: string, pinning: Pinning = 'gup-fast'): Pinner => ({
  pinning,
  kernel: parseKernelVersion(release),
});
const kept = (pinner: Pinner, backing: Backing): number =>
  keptPins(pinner, { parts: partsOf(backing, 32) });

test('every pin of persistent memory stays after the unmap, as its pages are marked reserved', () => {
  for (const backing of ['fsdax-ext4', 'fsdax-xfs', 'device-dax'] as const)
    expect(kept(on('6.1'), backing), backing).toBe(32);
});

test('but on v4.15, where they lose that mark', () => {
  expect(kept(on('4.14'), 'fsdax-ext4')).toBe(32);
  expect(kept(on('4.15'), 'fsdax-ext4')).toBe(0);
  expect(kept(on('4.16'), 'fsdax-ext4')).toBe(32);
});

test('a range that goes over into persistent memory keeps one more where pages are pinned one by one', () => {
  expect(kept(on('5.10'), 'half-fsdax')).toBe(17);
  expect(kept(on('5.12'), 'half-fsdax')).toBe(16);
});

test('the page of zeroes is pinned anew for each page, and never put before 6.0', () => {
  const zeroes = { parts: partsOf('anon', 4), touch: 'none', asked: 'ro' } as const;
  expect(keptPins(on('5.9'), zeroes)).toBe(7);
  // Stable kernels of 5.10 have 873aefb376bb.
  expect(keptPins(on('5.10'), zeroes)).toBe(0);
  expect(keptPins(on('5.12'), zeroes)).toBe(4);
  expect(keptPins(on('6.0'), zeroes)).toBe(0);
});

test('what is refused keeps none, nor does memory that is not reserved', () => {
  expect(kept(on('5.10', 'longterm'), 'fsdax-ext4')).toBe(0);
  expect(kept(on('6.1', 'longterm'), 'half-fsdax')).toBe(0);
  expect(kept(on('5.10'), 'anon')).toBe(0);
  expect(keptPins(on('6.1'), { parts: partsOf('fsdax-ext4', 4), share: 'private' })).toBe(0);
});
