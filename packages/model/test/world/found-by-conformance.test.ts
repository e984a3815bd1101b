import { expect, test } from 'vitest';
import { parseKernelVersion } from '../../src/kernel-version.ts';
import {
  designOf,
  keptIn,
  lockedOf,
  parseSequence,
  pinnedIn,
  rulesOf,
  run,
} from '../../src/world/index.ts';

/*
 * What random sequences on real kernels have shown of the model, each mended by its source.
 */

const rules = (design: string, release = '6.1') =>
  rulesOf(designOf(design), parseKernelVersion(release));

/** What comes of the last operation of a sequence. */
const last = (text: string, design = 'gup-fast', release = '6.1') =>
  run(parseSequence(text), rules(design, release)).results.at(-1);

const worldAfter = (text: string, design = 'gup-fast', release = '6.1') =>
  run(parseSequence(text), rules(design, release)).world;

const pinnedFile = `
  mmap area=0 parts=fsdax-ext4:4K share=shared prot=rw touch=write
  map area=0 at=0 first=0 count=1 prot=rw
`;

test('a file that nobody has mapped is truncated without a wait, up to 6.14, whatever a device has of it', () => {
  const text = `${pinnedFile}
    munmap area=0
    truncate area=0 part=0`;
  expect(last(text, 'gup-fast', '6.14')).toMatchObject({ outcome: 'done' });
  expect(last(text, 'gup-fast', '6.15')).toMatchObject({ outcome: 'waits', until: 'signal' });
});

test('a child that has the file mapped has the truncate wait as well', () => {
  const text = `${pinnedFile}
    fork
    munmap area=0
    truncate area=0 part=0`;
  expect(last(text)).toMatchObject({ outcome: 'waits' });
});

test('a child has none of the memory that was unmapped before it was made', () => {
  const text = `
    mmap area=0 parts=anon:4K,anon:4K share=shared prot=rw touch=write
    hole area=0 part=0
    fork`;
  expect(last(`${text}\nchild-load area=0 part=0`)).toEqual({
    outcome: 'signal',
    signal: 'SIGSEGV',
  });
  expect(last(`${text}\nchild-load area=0 part=1`)).toEqual({ outcome: 'read', content: 'zero' });
});

test('the huge page of zeroes is not marked reserved: it counts as locked', () => {
  const huge = `
    mmap area=0 parts=thp:2M share=private prot=rw touch=read
    map area=0 at=0 first=0 count=1 prot=ro`;
  const small = huge.replace('thp', 'anon');
  expect(lockedOf(worldAfter(huge), rules('gup-fast'))).toBe(512);
  expect(lockedOf(worldAfter(small), rules('gup-fast'))).toBe(0);
});

test('memory that is not counted may be mapped beyond the limit', () => {
  const text = `
    mmap area=0 parts=anon:16K share=private prot=rw touch=write
    map area=0 at=0 first=0 count=1 prot=rw
    mmap area=1 parts=anon:4K share=private prot=ro touch=read
    map area=1 at=0 first=0 count=1 prot=ro limit=2`;
  expect(run(parseSequence(text), rules('gup-fast'), 2).results.at(-1)).toMatchObject({
    outcome: 'maps',
  });
});

test.each(['rw', 'ro'] as const)(
  "a device's own memory that is mapped read only is no device's to write to (%s)",
  (prot) => {
    const text = `
      mmap area=0 parts=device-bar:4K share=shared prot=ro touch=none
      map area=0 at=0 first=0 count=1 prot=${prot}`;
    const refused = { outcome: 'refused', errno: 'EFAULT' };
    expect(last(text)).toMatchObject(prot === 'rw' ? refused : { outcome: 'maps' });
  },
);

test('a reserved page that makes a batch of its own is pinned twice, up to 6.14', () => {
  const text = `
    mmap area=0 parts=device-dax:2M,fsdax-xfs:4K share=shared prot=rw touch=write
    map area=0 at=0 first=0 count=2 prot=rw`;
  expect(pinnedIn(worldAfter(text), rules('gup-fast'))).toBe(514);
  expect(pinnedIn(worldAfter(text, 'gup-fast', '6.15'), rules('gup-fast', '6.15'))).toBe(513);
  const longer = text.replace('fsdax-xfs:4K', 'fsdax-xfs:8K');
  expect(pinnedIn(worldAfter(longer), rules('gup-fast'))).toBe(514);
});

test('a range over the limit keeps the reserved pages that were pinned in the same batch, and no others', () => {
  const text = (pages: string): string => `
    mmap area=0 parts=anon:${pages},fsdax-ext4:4K share=shared prot=rw touch=write
    map area=0 at=0 first=0 count=2 prot=rw limit=1`;
  expect(last(text('8K'))).toMatchObject({ outcome: 'refused', errno: 'ENOMEM' });
  expect(keptIn(worldAfter(text('8K')))).toBe(1);
  expect(keptIn(worldAfter(text('2400K')))).toBe(0);
});

test('who fills a hole in a DAX file has everybody see what is there then', () => {
  const text = `
    mmap area=0 parts=fsdax-ext4:4K share=shared prot=rw touch=write
    punch area=0 part=0
    fork
    load area=0 part=0
    child-store area=0 part=0
    load area=0 part=0`;
  expect(last(text, 'longterm')).toEqual({ outcome: 'read', content: 'child' });
});
