import { describe, expect, test } from 'vitest';
import { file, map, mapForReading, on, tell } from './worlds.ts';

const own = file('anon:4K', 'share=private prot=rw touch=write');

describe('after a fork', () => {
  const pinnedThenForked = (release: string, ...then: string[]) =>
    tell(on(release), own, 'store area=0 part=0', map, 'fork', ...then, 'dma-read area=0 at=0')
      .last;

  test('a device loses what the parent writes first up to 5.8, and no longer where fork() copies pinned pages', () => {
    const parentWrites = ['store area=0 part=0'];
    expect(pinnedThenForked('5.8', ...parentWrites)).toEqual({ outcome: 'read', content: 'first' });
    expect(pinnedThenForked('5.9', ...parentWrites)).toEqual({
      outcome: 'read',
      content: 'second',
    });
  });

  test('it goes on seeing it on every kernel where the child has written to its copy', () => {
    for (const release of ['4.15', '5.8', '5.9', '6.1'])
      expect(pinnedThenForked(release, 'child-store area=0 part=0', 'store area=0 part=0')).toEqual(
        {
          outcome: 'read',
          content: 'second',
        },
      );
  });

  test('pages of hugetlb are copied at once from 5.12 on only', () => {
    const huge = file('hugetlb:2M', 'share=private prot=rw touch=write');
    const read = (release: string) =>
      tell(on(release), huge, map, 'fork', 'store area=0 part=0', 'dma-read area=0 at=0').last;
    expect(read('5.11')).toEqual({ outcome: 'read', content: 'zero' });
    expect(read('5.12')).toEqual({ outcome: 'read', content: 'first' });
  });

  test('parent and child see each their own, and of shared memory the same', () => {
    const childReads = (memory: string) =>
      tell(
        on('6.1'),
        memory,
        'store area=0 part=0',
        'fork',
        'store area=0 part=0',
        'child-load area=0 part=0',
      ).last;
    expect(childReads(own)).toEqual({ outcome: 'read', content: 'first' });
    expect(childReads(file('memfd:4K'))).toEqual({ outcome: 'read', content: 'second' });
  });
});

describe('a pin for reading', () => {
  test('of a page that a child has too goes astray up to 5.18, and is made of a copy after that', () => {
    const read = (release: string) =>
      tell(
        on(release),
        own,
        'store area=0 part=0',
        'fork',
        mapForReading,
        'store area=0 part=0',
        'dma-read area=0 at=0',
      ).last;
    expect(read('5.18')).toEqual({ outcome: 'read', content: 'first' });
    expect(read('5.19')).toEqual({ outcome: 'read', content: 'second' });
  });

  test('of memory that was never written has the page of zeroes up to 6.1, and a long-term one a copy after that', () => {
    const untouched = file('anon:4K', 'share=private prot=rw touch=none');
    const read = (release: string) =>
      tell(
        on(release, 'longterm'),
        untouched,
        mapForReading,
        'store area=0 part=0',
        'dma-read area=0 at=0',
      ).last;
    expect(read('6.1')).toEqual({ outcome: 'read', content: 'zero' });
    expect(read('6.2')).toEqual({ outcome: 'read', content: 'first' });
  });
});

test('who writes to a private mapping of a file gets a copy, and the device that has it writes there', () => {
  const { last } = tell(
    on('6.1'),
    file('page-cache:4K', 'share=private prot=rw touch=none'),
    map,
    'dma-write area=0 at=0',
  );
  expect(last).toEqual({ outcome: 'written', reached: 'process' });
});

test('memory that is unmapped from the process stays the device’s', () => {
  const { last } = tell(
    on('6.1'),
    own,
    'store area=0 part=0',
    map,
    'munmap area=0',
    'dma-read area=0 at=0',
  );
  expect(last).toEqual({ outcome: 'read', content: 'first' });
});
