import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { assertAskable, readSequence } from '../../src/conform/replay.ts';

const asked = {
  kernel: { major: 6, minor: 1 },
  pinning: { before: 'gup-fast', after: 'longterm' },
} as const;

function file(text: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'pinbench-sequence-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const name = path.join(folder, 'a.sequence');
  writeFileSync(name, text);
  return name;
}

describe('a file to be replayed', () => {
  test('is read with the line of each operation', async () => {
    const { sequence, lines } = await readSequence(file('# harm\n\nfork\n  # again\nexit\n'));
    expect(sequence).toEqual([{ op: 'fork' }, { op: 'exit' }]);
    expect(lines).toEqual([3, 5]);
  });

  test.each([
    ['fork\nmapp area=0\n', /a\.sequence: line 2: no operation "mapp"/],
    ['map area=0 at=0\n', /line 1: map needs first=/],
    ['# nothing\n', /there is no operation in it/],
    ['', /there is no operation in it/],
  ])('%j is refused', async (text, message) => {
    await expect(readSequence(file(text))).rejects.toThrow(message);
  });

  test('has to be there', async () => {
    await expect(readSequence('/nowhere/a.sequence')).rejects.toThrow(
      'cannot read the sequence /nowhere/a.sequence',
    );
  });

  test('is refused with the line and the reason where an operation cannot be asked', async () => {
    const read = await readSequence(file('# two\nfork\n\nfork\n'));
    expect(() => {
      assertAskable(read, ['before', 'after'], asked);
    }).toThrow(/line 4: fork cannot be asked: there is nothing to do it to/);
  });

  test('is not refused for what only one of the variants cannot be asked', async () => {
    const mapped = 'mmap area=0 parts=fsdax-ext4:4K share=shared prot=rw touch=write\n';
    const text = `${mapped}map area=0 at=0 first=0 count=1 prot=rw\nmunmap area=0\n${mapped}`;
    const read = await readSequence(file(text));
    expect(() => {
      assertAskable(read, ['before', 'after'], asked);
    }).not.toThrow();
    expect(() => {
      assertAskable(read, ['before'], asked);
    }).toThrow(/line 4: mmap cannot be asked/);
  });
});
