import { expect, test } from 'vitest';
import { backings, expectMap, isFsdax, parseKernelVersion } from '../src/index.ts';

const [v415, v61, v612] = ['v4.15', '6.1.0-56-amd64', '6.12.1'].map(parseKernelVersion);

test('the fast GUP pins everything', () => {
  for (const backing of backings)
    expect(expectMap('gup-fast', backing, v415!).outcome).toBe('maps');
});

test('a long-term pin refuses filesystem-DAX memory with EOPNOTSUPP and leaves the rest alone', () => {
  for (const backing of backings) {
    expect(expectMap('longterm', backing, v61!)).toMatchObject(
      isFsdax(backing) ? { outcome: 'refused', errno: 'EOPNOTSUPP' } : { outcome: 'maps' },
    );
  }
});

test('from 6.5 it refuses a shared file mapping too, but with EFAULT', () => {
  expect(expectMap('longterm', 'page-cache', v612!)).toMatchObject({
    outcome: 'refused',
    errno: 'EFAULT',
  });
});

test('but neither what is private nor what the device only reads', () => {
  for (const mapping of [{ share: 'private' }, { asked: 'ro' }] as const)
    expect(expectMap('longterm', 'page-cache', v612!, mapping).outcome).toBe('maps');
});

test('nothing is written for the device that the process may not write, whatever else would be said', () => {
  const readOnly = { prot: 'ro' } as const;
  for (const pinning of ['gup-fast', 'longterm'] as const) {
    expect(expectMap(pinning, 'anon', v61!, readOnly)).toMatchObject({ errno: 'EFAULT' });
    expect(expectMap(pinning, 'anon', v61!, { ...readOnly, asked: 'ro' }).outcome).toBe('maps');
  }
});

test('a long-term pin looks at the VMA before it faults anything in, from 5.11 on', () => {
  const errnoOf = (kernel: typeof v61) =>
    expectMap('longterm', 'fsdax-ext4', kernel!, { prot: 'ro' });
  expect(errnoOf(v61)).toMatchObject({ errno: 'EOPNOTSUPP' });
  expect(errnoOf(v415)).toMatchObject({ errno: 'EFAULT' });
});

test('a kernel that may lack what tells device-dax from a file is told which commit that is', () => {
  expect(expectMap('longterm', 'device-dax', v415!)).toMatchObject({
    outcome: 'maps',
    why: expect.stringContaining('prerequisite 230f5a8969d8') as string,
  });
  expect(expectMap('longterm', 'device-dax', v61!).why).not.toContain('230f5a8969d8');
});
