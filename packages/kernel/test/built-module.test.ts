import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '@pinbench/host';
import { expect, test } from 'vitest';
import { codeSections, describeModule, parseSections } from '../src/built-module.ts';
import { testContext } from './context.ts';

const table = `
Section Headers:
  [Nr] Name              Type            Address          Off    Size   ES Flg Lk Inf Al
  [ 0]                   NULL            0000000000000000 000000 000000 00      0   0  0
  [ 1] .note.gnu.build-id NOTE            0000000000000000 000040 000024 00   A  0   0  4
  [ 3] .text             PROGBITS        0000000000000000 0000a0 005954 00  AX  0   0 16
  [ 4] .rela.text        RELA            0000000000000000 00b930 002f40 18   I 56   3  8
  [38] __bug_table       PROGBITS        0000000000000000 0090e0 0000f0 00  WA  0   0  8
  [39] .rela__bug_table  RELA            0000000000000000 012d58 0003c0 18   I 56  38  8
  [53] .bss              NOBITS          0000000000000000 0096c0 000002 00  WA  0   0  1
  [54] .comment          PROGBITS        0000000000000000 0096c0 000050 01  MS  0   0  1
`;

test('offset and size of a section are read as hex', () => {
  expect(parseSections(table)[1]).toEqual({
    name: '.text',
    offset: 0xa0,
    size: 0x5954,
    loaded: true,
    stored: true,
  });
});

test('line numbers, the build id and what is not loaded are no code', () => {
  const names = codeSections(parseSections(table)).map(({ name }) => name);
  expect(names).toEqual(['.text', '.rela.text', '.bss']);
});

test('two objects of the same code are told from one of other code', async () => {
  const context = await testContext();
  const describe = async (name: string, source: string) => {
    const file = path.join(context.scratch, `${name}.ko`);
    await writeFile(`${file}.c`, source);
    const flags = ['-O1', '-nostdlib', '-shared', '-Wl,--build-id=sha1'];
    await run('gcc', [...flags, '-o', file, `${file}.c`]);
    return describeModule(context, file);
  };
  const one = await describe('one', 'int f(void) { return 1; }\n');
  const commented = await describe('commented', '/* why */\nint f(void) { return 1; }\n');
  const two = await describe('two', 'int f(void) { return 2; }\n');
  expect(one).toMatchObject({
    name: 'one',
    buildId: expect.stringMatching(/^[0-9a-f]{40}$/) as string,
  });
  expect(commented.code).toBe(one.code);
  expect(two.code).not.toBe(one.code);
});
