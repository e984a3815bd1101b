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

test('a kernel that may lack what tells device-dax from a file is told which commit that is', () => {
  expect(expectMap('longterm', 'device-dax', v415!)).toMatchObject({
    outcome: 'maps',
    why: expect.stringContaining('prerequisite 230f5a8969d8') as string,
  });
  expect(expectMap('longterm', 'device-dax', v61!).why).not.toContain('230f5a8969d8');
});
