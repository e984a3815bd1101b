import { expect, test } from 'vitest';
import { stuckPages } from '../src/checks/pin-refusal/answers.ts';
import { expectMap } from '../src/expectation.ts';
import { parseKernelVersion } from '../src/kernel-version.ts';

const [old, batched] = ['5.10.0-46-amd64', '6.1.0-56-amd64'].map(parseKernelVersion);

test('a range that goes over into persistent memory keeps one pin more where pages are pinned one by one', () => {
  const mapped = expectMap('gup-fast', 'half-fsdax', batched!);
  expect(stuckPages(mapped, 'half-fsdax', 0, batched!)).toBe(16);
  expect(stuckPages(mapped, 'half-fsdax', 0, old!)).toBe(17);
});

test('what is refused keeps none, nor does memory that is not reserved', () => {
  const refused = expectMap('longterm', 'fsdax-ext4', old!);
  expect(stuckPages(refused, 'fsdax-ext4', 0, old!)).toBe(0);
  expect(stuckPages(expectMap('gup-fast', 'anon', old!), 'anon', 0, old!)).toBe(0);
});
