import { describe, expect, test } from 'vitest';
import { file, map, mapForReading, on, tell } from './worlds.ts';

describe('what a long-term pin refuses', () => {
  const fsdax = (release: string, how?: string) =>
    tell(on(release, 'longterm'), file('fsdax-ext4:4K', how), map).last;

  test('is filesystem-DAX memory, on every kernel', () => {
    for (const release of ['4.16', '5.4', '6.1', '7.3'])
      expect(fsdax(release)).toMatchObject({ outcome: 'refused', errno: 'EOPNOTSUPP' });
  });

  test('and not before the rule: the fast GUP pins it', () => {
    expect(tell(on('7.3'), file(), map).last).toMatchObject({ outcome: 'maps' });
  });

  test('and not device-dax, memfd or anonymous memory', () => {
    for (const backing of ['device-dax:2M', 'memfd:4K', 'anon:4K']) {
      const { last } = tell(on('6.1', 'longterm'), file(backing), map);
      expect(last).toMatchObject({ outcome: 'maps' });
    }
  });

  test('is seen by the VMA from 5.11 on, and before that only once its pages are faulted in', () => {
    const readOnly = 'share=shared prot=ro touch=none';
    expect(fsdax('5.10', readOnly)).toMatchObject({ errno: 'EFAULT' });
    expect(fsdax('5.11', readOnly)).toMatchObject({ errno: 'EOPNOTSUPP' });
  });

  test('is a shared mapping of a file too from 6.5 on, if the device is to write there', () => {
    const pageCache = (release: string, line: string) =>
      tell(on(release, 'longterm'), file('page-cache:4K'), line).last;
    expect(pageCache('6.4', map)).toMatchObject({ outcome: 'maps' });
    expect(pageCache('6.5', map)).toMatchObject({ outcome: 'refused', errno: 'EFAULT' });
    expect(pageCache('6.5', mapForReading)).toMatchObject({ outcome: 'maps' });
  });

  test('leaves nothing of what was pinned before it in the range', () => {
    const { last, world } = tell(
      on('6.1', 'longterm'),
      file('anon:4K,fsdax-ext4:4K'),
      'map area=0 at=0 first=0 count=2 prot=rw',
    );
    expect(last).toMatchObject({ errno: 'EOPNOTSUPP' });
    expect(world.areas[0]?.mappings).toEqual([]);
    expect(world.areas[0]?.parts[0]?.pages[0]).toMatchObject({ pins: 0, stuck: 0 });
  });
});

describe('memory that is not there', () => {
  test('is an EFAULT: where it was unmapped, and behind the end of a file', () => {
    const hole = tell(
      on('6.1'),
      file('anon:4K,anon:4K'),
      'hole area=0 part=1',
      'map area=0 at=0 first=0 count=2 prot=rw',
    );
    expect(hole.last).toMatchObject({ outcome: 'refused', errno: 'EFAULT' });
    const cut = tell(on('6.1'), file('page-cache:4K'), 'truncate area=0 part=0', map);
    expect(cut.last).toMatchObject({ outcome: 'refused', errno: 'EFAULT' });
  });

  test('is an EFAULT where the process may not write what the device is to write', () => {
    const readOnly = file('anon:4K', 'share=private prot=ro touch=read');
    for (const design of ['gup-fast', 'longterm'] as const) {
      expect(tell(on('6.1', design), readOnly, map).last).toMatchObject({ errno: 'EFAULT' });
      expect(tell(on('6.1', design), readOnly, mapForReading).last).toMatchObject({
        outcome: 'maps',
      });
    }
  });
});

test('the patch as it was merged faults memory in without the lock, and its follow-up with it', () => {
  const untouched = file('anon:4K', 'share=private prot=rw touch=none');
  expect(tell(on('4.16', 'longterm-unlocked'), untouched, map).last).toMatchObject({
    unlocked: true,
  });
  expect(tell(on('4.18', 'longterm'), untouched, map).last).not.toHaveProperty('unlocked');
});
