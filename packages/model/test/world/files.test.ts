import { describe, expect, test } from 'vitest';
import { file, map, on, tell } from './worlds.ts';

const change = (release: string, backing: string, what: 'truncate' | 'punch') =>
  tell(on(release), file(`${backing}:4K`), map, `${what} area=0 part=0`).last;

describe('a file whose page is pinned', () => {
  test('loses its blocks to whoever comes next, on ext4 up to 4.18 and on xfs up to 4.17', () => {
    for (const [release, backing] of [
      ['4.18', 'fsdax-ext4'],
      ['4.17', 'fsdax-xfs'],
    ] as const) {
      const { last } = tell(
        on(release),
        file(`${backing}:4K`),
        map,
        'truncate area=0 part=0',
        'create area=0 part=0',
        'dma-write area=0 at=0',
      );
      expect(last).toEqual({ outcome: 'written', reached: 'other' });
    }
  });

  test('keeps truncate and hole punch waiting after that, until a signal comes', () => {
    for (const what of ['truncate', 'punch'] as const) {
      expect(change('4.18', 'fsdax-xfs', what)).toMatchObject({
        outcome: 'waits',
        until: 'signal',
      });
      expect(change('4.18', 'fsdax-ext4', what)).toMatchObject({ outcome: 'done' });
      expect(change('4.19', 'fsdax-ext4', what)).toMatchObject({
        outcome: 'waits',
        until: 'signal',
      });
    }
  });

  const unlink = (release: string) =>
    tell(on(release), file(), map, 'munmap area=0', 'unlink area=0 part=0').last;

  test('goes with its last link and mapping up to 6.14, and after that never', () => {
    expect(unlink('6.14')).toMatchObject({ outcome: 'done' });
    expect(unlink('6.15')).toMatchObject({ outcome: 'waits', until: 'never' });
  });

  test('tells why its blocks go, and by which commit that ended', () => {
    expect(change('4.18', 'fsdax-ext4', 'truncate')).toEqual({
      outcome: 'done',
      why: 'up to 4.18 ext4 takes blocks that a device still uses (430657b6be89 ended it)',
    });
  });

  test('waits after the unmap too: VFIO does not give pages of persistent memory back', () => {
    const { results } = tell(
      on('6.1'),
      file(),
      map,
      'unmap area=0 at=0 pages=1',
      'truncate area=0 part=0',
    );
    expect(results.at(-2)).toEqual({ outcome: 'unmapped', pages: 1 });
    expect(results.at(-1)).toMatchObject({ outcome: 'waits' });
  });
});

test('a file whose page was refused is truncated at once, and the device reaches nothing', () => {
  const { results } = tell(
    on('6.1', 'longterm'),
    file(),
    map,
    'truncate area=0 part=0',
    'dma-write area=0 at=0',
  );
  expect(results.slice(-2)).toEqual([
    { outcome: 'done' },
    { outcome: 'written', reached: 'nothing' },
  ]);
});

test('with a lease the file system waits for its owner, the mapping goes and nothing is left of it', () => {
  const { last, world } = tell(on('6.1', 'lease'), file(), map, 'truncate area=0 part=0');
  expect(last).toMatchObject({ outcome: 'waits', until: 'lease' });
  expect(world.areas[0]?.mappings).toEqual([]);
  expect(
    tell(on('6.1', 'lease'), file(), map, 'truncate area=0 part=0', 'dma-write area=0 at=0').last,
  ).toEqual({
    outcome: 'written',
    reached: 'nothing',
  });
});

test('what is cut off a file is a SIGBUS to the process, and what is punched out reads as zeroes', () => {
  const read = (what: string) =>
    tell(on('6.1'), file(), 'store area=0 part=0', `${what} area=0 part=0`, 'load area=0 part=0')
      .last;
  expect(read('truncate')).toEqual({ outcome: 'signal', signal: 'SIGBUS' });
  expect(read('punch')).toEqual({ outcome: 'read', content: 'zero' });
});
