import { describe, expect, test } from 'vitest';
import { parseKernelVersion } from '../../src/kernel-version.ts';
import { keptIn, lockedOf, pinnedIn, rulesOf, designOf } from '../../src/world/index.ts';
import { file, map, mapForReading, on, tell } from './worlds.ts';

const two = file('anon:4K,anon:8K', 'share=private prot=rw touch=write');

describe('type1 v2', () => {
  const whole = 'map area=0 at=0 first=0 count=2 prot=rw';
  const parts = [map, 'map area=0 at=1 first=1 count=1 prot=rw'];
  const unmap = (maps: readonly string[], range: string) =>
    tell(on('6.1'), two, ...maps, `unmap area=0 ${range}`).last;

  test('unmaps whole mappings, one or more, and nothing in part', () => {
    expect(unmap([whole], 'at=0 pages=3')).toEqual({ outcome: 'unmapped', pages: 3 });
    expect(unmap(parts, 'at=0 pages=3')).toEqual({ outcome: 'unmapped', pages: 3 });
    expect(unmap(parts, 'at=1 pages=2')).toEqual({ outcome: 'unmapped', pages: 2 });
    expect(unmap([whole], 'at=0 pages=1')).toMatchObject({ outcome: 'refused', errno: 'EINVAL' });
    expect(unmap([whole], 'at=1 pages=8')).toMatchObject({ outcome: 'refused', errno: 'EINVAL' });
  });

  test('unmaps what is there of a longer range, and nothing of one that is empty', () => {
    expect(unmap([map], 'at=0 pages=64')).toEqual({ outcome: 'unmapped', pages: 1 });
    expect(unmap([map], 'at=16 pages=1')).toEqual({ outcome: 'unmapped', pages: 0 });
  });

  test('maps nothing where something is mapped', () => {
    expect(
      tell(on('6.1'), two, whole, 'map area=0 at=2 first=0 count=1 prot=rw').last,
    ).toMatchObject({
      errno: 'EEXIST',
    });
  });
});

test('a container takes dma_entry_limit mappings from 5.1 on, and as many as one likes before', () => {
  const third = (release: string) => {
    const rules = rulesOf(designOf('longterm'), parseKernelVersion(release), 2);
    return tell(
      rules,
      two,
      map,
      'map area=0 at=1 first=0 count=1 prot=rw',
      'map area=0 at=2 first=0 count=1 prot=rw',
    ).last;
  };
  expect(third('5.0')).toMatchObject({ outcome: 'maps' });
  expect(third('5.1')).toMatchObject({ outcome: 'refused', errno: 'ENOSPC' });
});

describe('RLIMIT_MEMLOCK', () => {
  const limited = (release: string, parts: string, limit: number) =>
    tell(
      on(release, 'longterm'),
      file(parts),
      `map area=0 at=0 first=0 count=2 prot=rw limit=${limit}`,
    ).last;

  test('holds for all that is mapped, to the page', () => {
    expect(limited('6.1', 'anon:4K,anon:8K', 3)).toMatchObject({ outcome: 'maps' });
    expect(limited('6.1', 'anon:4K,anon:8K', 2)).toMatchObject({
      outcome: 'refused',
      errno: 'ENOMEM',
    });
  });

  test('is met before what lies behind it in the range', () => {
    expect(limited('6.1', 'anon:8K,fsdax-ext4:4K', 2)).toMatchObject({ errno: 'EOPNOTSUPP' });
    expect(limited('6.1', 'anon:8K,fsdax-ext4:4K', 1)).toMatchObject({ errno: 'ENOMEM' });
  });
});

describe('accounts', () => {
  const of = (release: string, parts: string, ...lines: string[]) => {
    const rules = on(release);
    const { world } = tell(rules, file(parts), map, ...lines);
    return { locked: lockedOf(world, rules), pinned: pinnedIn(world, rules), kept: keptIn(world) };
  };

  test('RAM is locked and pinned while it is mapped, and not after', () => {
    expect(of('6.1', 'memfd:8K')).toEqual({ locked: 2, pinned: 2, kept: 0 });
    expect(of('6.1', 'memfd:8K', 'unmap area=0 at=0 pages=2')).toEqual({
      locked: 0,
      pinned: 0,
      kept: 0,
    });
    expect(of('6.1', 'memfd:8K', 'close')).toEqual({ locked: 0, pinned: 0, kept: 0 });
  });

  test('persistent memory is reserved: it does not count as locked, and its pins stay', () => {
    expect(of('6.1', 'fsdax-ext4:8K')).toEqual({ locked: 0, pinned: 2, kept: 0 });
    expect(of('6.1', 'fsdax-ext4:8K', 'close')).toEqual({ locked: 0, pinned: 2, kept: 2 });
  });

  test('but on v4.15, where it is memory like any other', () => {
    expect(of('4.15', 'fsdax-ext4:8K')).toMatchObject({ locked: 2 });
    expect(of('4.15', 'fsdax-ext4:8K', 'close')).toEqual({ locked: 0, pinned: 0, kept: 0 });
    for (const release of ['4.14', '4.16'])
      expect(of(release, 'fsdax-ext4:8K')).toMatchObject({ locked: 0 });
  });

  test('the page of zeroes is pinned like another up to 5.19, and its pin stays', () => {
    const zeroes = (release: string) => {
      const rules = on(release);
      const untouched = file('anon:8K', 'share=private prot=rw touch=none');
      return pinnedIn(tell(rules, untouched, mapForReading, 'close').world, rules);
    };
    expect(zeroes('5.19')).toBe(2);
    expect(zeroes('6.0')).toBe(0);
  });
});
