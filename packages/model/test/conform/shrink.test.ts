import { describe, expect, test } from 'vitest';
import { joined, shrink, type Sequence } from '../../src/conform/index.ts';
import {
  designOf,
  emptyWorld,
  formatSequence,
  parseSequence,
  rulesOf,
  step,
} from '../../src/world/index.ts';

const rules = rulesOf(designOf('longterm'), { major: 6, minor: 1 });

/** Leaves out what the model cannot be asked. */
const walk = (sequence: Sequence): Sequence => {
  let world = emptyWorld(3);
  return sequence.filter((operation) => {
    const stepped = step(world, operation, rules);
    world = stepped?.world ?? world;
    return stepped !== undefined;
  });
};

const confirm = (sequences: readonly Sequence[]) => Promise.resolve(sequences.map(() => true));
const limits = { trim: walk, most: 80, rounds: 20, isOver: () => false, confirm };

/** Shrinks against a kernel that is wrong wherever `isWrong` says so of a sequence up to an operation. */
async function shrinkAgainst(text: string, isWrong: (sequence: Sequence) => boolean) {
  const asked: number[] = [];
  const shrunk = await shrink(
    walk(parseSequence(text)),
    (candidates) => {
      asked.push(candidates.length);
      return Promise.resolve(
        candidates.map((candidate) => {
          const at = candidate.findIndex((_, index) => isWrong(candidate.slice(0, index + 1)));
          return at === -1 ? { same: false } : { same: true, at };
        }),
      );
    },
    limits,
  );
  return { ...shrunk, text: formatSequence(shrunk.sequence), asked };
}

const busy = `
mmap area=2 parts=anon:64K share=private prot=rw touch=write
fork
map area=2 at=8 first=0 count=1 prot=rw
dma-write area=2 at=9
mmap area=1 parts=anon:8K,fsdax-ext4:8M,memfd:4K share=shared prot=rw touch=none
store area=1 part=1
child-load area=2 part=0
mmap area=0 parts=page-cache:4K share=shared prot=ro touch=read
map area=1 at=16 first=0 count=2 prot=ro
unmap area=2 at=0 pages=32
exit
munmap area=0
map area=1 at=16 first=0 count=3 prot=rw limit=4
close
open
`;

describe('a sequence that differs becomes as short as can be', () => {
  test('one operation on one kind of memory', async () => {
    const { text, isLeast } = await shrinkAgainst(busy, (sequence) => {
      const last = sequence.at(-1);
      if (last?.op !== 'map') return false;
      const mmap = sequence.findLast((each) => each.op === 'mmap' && each.area === last.area);
      const parts = mmap?.op === 'mmap' ? mmap.shape.parts : [];
      return parts
        .slice(last.first, last.first + last.count)
        .some(({ backing }) => backing === 'fsdax-ext4');
    });
    expect(text).toBe(
      'mmap area=0 parts=fsdax-ext4:4K share=shared prot=rw touch=write\n' +
        'map area=0 at=0 first=0 count=1 prot=rw\n',
    );
    expect(isLeast).toBe(true);
  });

  test('one that needs what was done before, and to other memory', async () => {
    const { text } = await shrinkAgainst(busy, (sequence) => {
      const fork = sequence.findIndex(({ op }) => op === 'fork');
      return fork > 0 && sequence.slice(fork).some(({ op }) => op === 'unmap');
    });
    expect(text).toBe(
      'mmap area=0 parts=anon:4K share=shared prot=rw touch=write\n' +
        'fork\n' +
        'unmap area=0 at=0 pages=1\n',
    );
  });

  test('one that turns on a size keeps just as much', async () => {
    const { text } = await shrinkAgainst(busy, (sequence) => {
      const mmaps = sequence.filter((each) => each.op === 'mmap');
      return mmaps.some(({ shape }) =>
        shape.parts.some(({ backing, pages }) => backing !== 'anon' && pages > 511),
      );
    });
    expect(text).toBe('mmap area=0 parts=memfd:2M share=shared prot=rw touch=write\n');
  });
});

test('what is done to a part moves with it when the parts before it go', async () => {
  const { text } = await shrinkAgainst(
    `mmap area=0 parts=anon:64K,anon:64K,fsdax-xfs:8K share=shared prot=rw touch=write
     map area=0 at=4 first=0 count=3 prot=rw
     dma-write area=0 at=37`,
    (sequence) => {
      const [, map, dma] = sequence;
      const mmap = sequence[0]?.op === 'mmap' ? sequence[0] : undefined;
      if (map?.op !== 'map' || dma?.op !== 'dma-write') return false;
      const before = mmap?.shape.parts.slice(0, -1).reduce((sum, { pages }) => sum + pages, 0) ?? 0;
      return mmap?.shape.parts.at(-1)?.backing === 'fsdax-xfs' && dma.at >= map.at + before;
    },
  );
  expect(text).toBe(
    'mmap area=0 parts=fsdax-xfs:4K share=shared prot=rw touch=write\n' +
      'map area=0 at=0 first=0 count=1 prot=rw\n' +
      'dma-write area=0 at=0\n',
  );
});

test('few rounds are needed, as many candidates are asked at once', async () => {
  const { rounds, asked } = await shrinkAgainst(busy, (sequence) => {
    const last = sequence.at(-1);
    return last?.op === 'map' && last.area === 1 && last.asked === 'rw';
  });
  expect(rounds).toBeLessThanOrEqual(6);
  expect(Math.max(...asked)).toBeLessThanOrEqual(80);
});

test('where every candidate ends the guest, the first of them that did is taken, and the rest asked later', async () => {
  let asked = 0;
  const { sequence, isLeast } = await shrink(
    walk(parseSequence(busy)),
    (candidates) => {
      asked++;
      const ends = candidates.findIndex((each) => each.some(({ op }) => op === 'unmap'));
      return Promise.resolve(
        candidates.map((_, index) =>
          ends === -1 || index < ends
            ? { same: false }
            : index === ends
              ? { same: true }
              : undefined,
        ),
      );
    },
    limits,
  );
  expect(sequence.map(({ op }) => op)).toEqual(['mmap', 'unmap']);
  expect(isLeast).toBe(true);
  expect(asked).toBeLessThanOrEqual(8);
});

test('with no time left the best so far is kept, and said not to be the least', async () => {
  let left = 1;
  const start = walk(parseSequence(busy));
  const { sequence, rounds, isLeast } = await shrink(
    start,
    (candidates) => Promise.resolve(candidates.map((each) => ({ same: each.length >= 5 }))),
    { ...limits, isOver: () => left-- <= 0 },
  );
  expect(rounds).toBe(1);
  expect(sequence.length).toBeLessThan(start.length);
  expect(isLeast).toBe(false);
});

test('a sequence of which nothing can be left out stays as it is', async () => {
  const { text, tried } = await shrinkAgainst('close\n', () => true);
  expect(text).toBe('close\n');
  expect(tried).toBe(0);
});

test('what went wrong only because of what was run before it is not taken', async () => {
  const { sequence } = await shrink(
    walk(parseSequence(busy)),
    (candidates) => Promise.resolve(candidates.map(() => ({ same: true }))),
    {
      ...limits,
      confirm: (sequences) =>
        Promise.resolve(sequences.map((each) => each.some(({ op }) => op === 'fork'))),
    },
  );
  expect(sequence).toEqual([{ op: 'fork' }]);
});

test('sequences are joined with all taken back between them', () => {
  const one = parseSequence(
    'mmap area=1 parts=anon:4K share=shared prot=rw touch=write\nmap area=1 at=0 first=0 count=1 prot=rw\nfork\n',
  );
  const text = formatSequence(walk(joined([one, one])));
  expect(text.split('\n').map((line) => line.split(' ')[0])).toEqual([
    'mmap',
    'map',
    'fork',
    'exit',
    'close',
    'open',
    'munmap',
    'mmap',
    'map',
    'fork',
    '',
  ]);
});
