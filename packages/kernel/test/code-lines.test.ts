import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '@pinbench/host';
import { expect, onTestFinished, test } from 'vitest';
import { codeLines, parseSymbols } from '../src/code-lines.ts';
import { testContext } from './context.ts';

/** `outer` is called by nobody, and calls twice; `apart` lies in a section of its own. */
const source = `int other(int);
int __attribute__((noinline)) inner(int x)
{
	return other(x) + 1;
}

int outer(int x)
{
	x = inner(x);
	return inner(x) + 2;
}

int __attribute__((section(".text.unlikely"))) apart(int x)
{
	return other(x) - 1;
}
`;

test('places in an object that is not linked have lines, each by the call before it', async () => {
  const scratch = await mkdtemp(path.join(tmpdir(), 'code-lines-test-'));
  onTestFinished(() => rm(scratch, { recursive: true }));
  const [file, object] = [path.join(scratch, 'm.c'), path.join(scratch, 'm.o')];
  await writeFile(file, source);
  const flags = [
    '-O2',
    '-g1',
    '-fno-optimize-sibling-calls',
    `-ffile-prefix-map=${scratch}=drivers/m`,
  ];
  await run('gcc', [...flags, '-c', file, '-o', object], {});
  const { stdout } = await run('objdump', ['-d', '--no-show-raw-insn', object], {});
  const returnsIn = (symbol: string): number[] => {
    const [, start = '', body = ''] =
      new RegExp(`^([0-9a-f]+) <${symbol}>:\n((?:.+\n)*)`, 'm').exec(`${stdout}\n`) ?? [];
    const lines = body.trimEnd().split('\n');
    return lines.flatMap((line, index) => {
      const next = /^ *([0-9a-f]+):/.exec(lines[index + 1] ?? '')?.[1];
      return /\bcall\b/.test(line) && next !== undefined
        ? [parseInt(next, 16) - parseInt(start, 16)]
        : [];
    });
  };
  const frame = (symbol: string, offset: number) => ({ symbol, offset, size: 0, module: 'm' });
  const [first = 0, second = 0] = returnsIn('outer');
  const [only = 0] = returnsIn('apart');
  const frames = [
    frame('outer', first),
    frame('outer', second),
    frame('apart', only),
    frame('nobody', 1),
  ];
  const spell = (symbol: string, offset: number): string =>
    `${symbol}+0x${offset.toString(16)} [m]`;
  expect(await codeLines(await testContext(), object, frames)).toEqual(
    new Map([
      [spell('outer', first), 'drivers/m/m.c:9'],
      [spell('outer', second), 'drivers/m/m.c:10'],
      [spell('apart', only), 'drivers/m/m.c:15'],
    ]),
  );
});

test('functions are read with the sections that they lie in', () => {
  const output = `There are 9 section headers, starting at offset 0x13a48:

Section Headers:
  [Nr] Name              Type            Address          Off    Size   ES Flg Lk Inf Al
  [ 0]                   NULL            0000000000000000 000000 000000 00      0   0  0
  [ 3] .text             PROGBITS        0000000000000000 0000a0 005984 00  AX  0   0 16
  [13] .text.unlikely    PROGBITS        0000000000000000 006000 000084 00  AX  0   0  1

Symbol table '.symtab' contains 2 entries:
   Num:    Value          Size Type    Bind   Vis      Ndx Name
    51: 0000000000001840   412 FUNC    LOCAL  DEFAULT    3 vaddr_get_pfns
    83: 0000000000000010    65 FUNC    LOCAL  DEFAULT   13 vfio_pin_pages_remote.cold
    84: 0000000000000000     0 NOTYPE  GLOBAL DEFAULT  UND put_page
`;
  expect(parseSymbols(output)).toEqual([
    { name: 'vaddr_get_pfns', section: '.text', address: 0x1840 },
    { name: 'vfio_pin_pages_remote.cold', section: '.text.unlikely', address: 0x10 },
  ]);
});
