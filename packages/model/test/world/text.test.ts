import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatOperation,
  formatSequence,
  parseOperation,
  parseSequence,
} from '../../src/world/index.ts';
import { arbitraryOperation } from './arbitrary-operation.ts';

const sequence = `# somebody truncates a file that a device holds
mmap area=0 parts=fsdax-ext4:4K,anon:2M share=shared prot=rw touch=none
map area=0 at=16 first=0 count=1 prot=rw

  truncate   part=0 area=0
unmap area=0 at=0 pages=512
fork
`;

describe('a sequence as text', () => {
  test('is one operation per line; comments, blank lines and the order of keys do not matter', () => {
    expect(parseSequence(sequence)).toEqual([
      {
        op: 'mmap',
        area: 0,
        shape: {
          parts: [
            { backing: 'fsdax-ext4', pages: 1 },
            { backing: 'anon', pages: 512 },
          ],
          share: 'shared',
          prot: 'rw',
          touch: 'none',
        },
      },
      { op: 'map', area: 0, at: 16, first: 0, count: 1, asked: 'rw' },
      { op: 'truncate', area: 0, part: 0 },
      { op: 'unmap', area: 0, at: 0, pages: 512 },
      { op: 'fork' },
    ]);
  });

  test('is written as it is read', () => {
    const written = formatSequence(parseSequence(sequence), ['why it is kept', '']);
    expect(written).toBe(`# why it is kept
#
mmap area=0 parts=fsdax-ext4:4K,anon:2M share=shared prot=rw touch=none
map area=0 at=16 first=0 count=1 prot=rw
truncate area=0 part=0
unmap area=0 at=0 pages=512
fork
`);
    expect(parseSequence(written.replaceAll('\n', '\r\n'))).toEqual(parseSequence(sequence));
  });

  test('can hold whatever the model can be asked', () => {
    fc.assert(
      fc.property(arbitraryOperation, (operation) => {
        expect(parseOperation(formatOperation(operation))).toEqual(operation);
      }),
    );
  });
});

describe('what is wrong with a sequence is said with its line', () => {
  const mmap = (parts: string): string =>
    `mmap area=0 parts=${parts} share=shared prot=rw touch=none`;
  test.each([
    ['fork\n\npunsh area=0 part=0', 'line 3: no operation "punsh"'],
    ['truncate area=0', 'line 1: truncate needs part='],
    ['fork area=0', 'line 1: fork has no area='],
    ['munmap area', 'line 1: "area" is not key=value'],
    ['munmap area=0 area=1', 'line 1: area= stands there twice'],
    ['munmap area=-1', 'line 1: area=-1 is no whole number from 0 to 63'],
    ['munmap area=0x1', 'line 1: area=0x1 is no whole number from 0 to 63'],
    ['map area=0 at=0 first=0 count=0 prot=rw', 'line 1: count=0 is no whole number from 1'],
    ['map area=0 at=0 first=0 count=1 prot=wo', 'line 1: prot=wo is none of rw, ro'],
    [mmap('half-fsdax:8K'), 'line 1: "half-fsdax:8K" is no part: none of anon, thp'],
    [mmap('anon'), 'line 1: "anon" has no length in whole pages of 4K'],
    [mmap('anon:4000'), 'line 1: "anon:4000" has no length in whole pages of 4K'],
    [mmap('anon:0'), 'line 1: "anon:0" has no length in whole pages of 4K'],
    [mmap('anon:4K,'), 'line 1: "" is no part'],
  ])('%s', (text, message) => {
    expect(() => parseSequence(text)).toThrow(RangeError);
    expect(() => parseSequence(text)).toThrow(message);
  });

  test.each([
    ['\u001b[2J\u0000\u009b', 'line 1: no operation "\\u{1b}[2J\\u{0}\\u{9b}"'],
    ['x'.repeat(100_000), `line 1: no operation "${'x'.repeat(40)}..."`],
    ['munmap area=\u0007', 'line 1: area=\\u{7} is no whole number from 0 to 63'],
  ])('what no terminal takes is escaped and cut (%#)', (text, message) => {
    expect(() => parseSequence(text)).toThrow(new RangeError(message));
  });
});
