import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitrarySequence, sequencesOf, walk } from '../../src/conform/index.ts';
import { rulesForMaking } from '../../src/conform/generate.ts';
import { parseSequence } from '../../src/world/index.ts';

const kernel = { major: 6, minor: 1 };
const rules = rulesForMaking(kernel);

describe('random sequences', () => {
  test('are the same for the same seed, and others for another', () => {
    expect(sequencesOf(1, 20, { kernel })).toEqual(sequencesOf(1, 20, { kernel }));
    expect(sequencesOf(2, 20, { kernel })).not.toEqual(sequencesOf(1, 20, { kernel }));
  });

  test('can be asked as they are where memory is pinned without a rule, however they are shrunk', () => {
    fc.assert(
      fc.property(arbitrarySequence({ kernel }), (sequence) => {
        expect(walk(sequence, rules).notAsked).toEqual([]);
      }),
      { seed: 1 },
    );
  });

  test('meet every operation, every refusal and every way to be ended', () => {
    const results = sequencesOf(1, 1000, { kernel }).flatMap((sequence) =>
      walk(sequence, rules).steps.map(({ operation, result }) => ({ operation, result })),
    );
    const ops = new Set(results.map(({ operation }) => operation.op));
    expect([...ops].sort()).toEqual(
      [
        ...['mmap', 'munmap', 'hole', 'load', 'store', 'child-load', 'child-store', 'map', 'unmap'],
        ...['truncate', 'punch', 'unlink', 'create', 'dma-read', 'dma-write'],
        ...['open', 'close', 'fork', 'exit'],
      ].sort(),
    );
    const errnos = new Set(
      results.flatMap(({ result }) => (result.outcome === 'refused' ? [result.errno] : [])),
    );
    expect([...errnos].sort()).toEqual(['EEXIST', 'EFAULT', 'EINVAL', 'ENOMEM', 'ENOSPC']);
    const reached = new Set(
      results.flatMap(({ result }) => (result.outcome === 'written' ? [result.reached] : [])),
    );
    expect([...reached].sort()).toEqual(['file', 'nothing', 'other', 'process']);
  });
});

describe('what is not asked of a guest', () => {
  const reasons = (text: string): string[] =>
    walk(parseSequence(text), rules).notAsked.map(({ reason }) => reason);

  const mapped = 'mmap area=0 parts=anon:8K share=private prot=rw touch=write';

  test.each([
    ['unmap area=0 at=0 pages=1', 'area 0 is not mapped'],
    ['map area=1 at=0 first=0 count=1 prot=rw', 'area 1 is not mapped'],
    ['exit', 'there is nothing to do it to'],
    ['mmap area=3 parts=anon:4K share=private prot=rw touch=none', 'there are 3 areas, from 0'],
    [
      'mmap area=0 parts=thp:4K share=private prot=rw touch=none',
      'memory in huge pages comes in 2 MiB',
    ],
    [
      'mmap area=0 parts=anon:4K share=private prot=ro touch=write',
      'memory that is read only cannot be written to',
    ],
    [
      'mmap area=0 parts=device-dax:2M share=private prot=rw touch=none',
      'a device maps its memory shared only',
    ],
    [`${mapped}\nmap area=0 at=0 first=0 count=2 prot=rw`, 'the area has no such parts'],
    [
      `${mapped}\nmap area=0 at=4095 first=0 count=1 prot=rw`,
      'it would reach into the next window',
    ],
    [
      `${mapped}\nmap area=0 at=0 first=0 count=1 prot=rw\ndma-write area=0 at=1`,
      'the model knows what is in the first page of a part only',
    ],
    [
      'mmap area=0 parts=fsdax-ext4:8K share=shared prot=rw touch=none\npunch area=0 part=0',
      'the agent punches one page, and a part stands for all its pages alike',
    ],
    [
      'mmap area=0 parts=device-bar:4K share=shared prot=rw touch=none\nclose',
      "the agent gives a device's own memory back with its device",
    ],
    [
      'mmap area=0 parts=hugetlb:2M share=private prot=rw touch=none\nfork',
      'copies of private huge pages need pages of the pool that may be lacking',
    ],
  ])('%s', (text, reason) => {
    expect(reasons(text)).toEqual([reason]);
  });

  test('what takes several blocks that a device still has', () => {
    const text = `
      mmap area=0 parts=fsdax-ext4:8K share=shared prot=rw touch=write
      map area=0 at=0 first=0 count=1 prot=rw
      truncate area=0 part=0
      munmap area=0
      truncate area=0 part=0`;
    expect(reasons(text)).toEqual([
      'the agent has one block taken, and the others would be found in use',
    ]);
  });

  test('an unlink that no signal ends', () => {
    const text = `
      mmap area=0 parts=fsdax-ext4:4K share=shared prot=rw touch=write
      map area=0 at=0 first=0 count=1 prot=rw
      munmap area=0
      unlink area=0 part=0`;
    const newer = rulesForMaking({ major: 6, minor: 15 });
    expect(walk(parseSequence(text), newer).notAsked).toHaveLength(1);
    expect(reasons(text)).toEqual([]);
  });
});
