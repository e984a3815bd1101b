import {
  backings,
  designs,
  explainMemory,
  parseKernelVersion,
  type Backing,
  type ModelExplanation,
} from '@pinbench/model';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { format } from 'prettier';
import { describe, expect, test } from 'vitest';
import {
  modelExplanationJsonSchema,
  renderModelExplanation,
  renderModelExplanationJson,
} from '../src/index.ts';

const asked = designs.filter(({ name }) => name === 'gup-fast' || name === 'longterm');

const explanation = (...of: readonly Backing[]): ModelExplanation => ({
  schema: 1,
  bench: { version: '0.1.0' },
  kernel: '6.1',
  designs: asked.map(({ name, title, source }) => ({ name, title, source })),
  memories: of.map((backing) => explainMemory({ backing }, parseKernelVersion('6.1'), asked)),
});

describe('what the model says, for a person', () => {
  const text = renderModelExplanation(explanation('fsdax-ext4'));

  test('stays within 100 columns', () => {
    for (const each of [text, renderModelExplanation(explanation(...backings))])
      for (const line of each.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100);
  });

  test('begins with what is asked and ends with other kernels', () => {
    expect(text.split('\n')[0]).toBe(
      'fsdax-ext4 on Linux 6.1: mapped shared, for reading and writing, written to by the process',
    );
    expect(text).toMatch(
      /from 6\.15 on {2}gup-fast {2}unlink .*no signal ends it {2}0e2f80afcfa6\n$/,
    );
  });

  test('has before and after side by side', () => {
    expect(text).toMatch(/map for reading and writing {2}mapped +refused EOPNOTSUPP\n/);
  });

  test('tells each reason once, with what it is the reason for', () => {
    expect(text.split('from 4.19 on ext4 waits for DAX pages in use (430657b6be89)')).toHaveLength(
      2,
    );
    expect(text).toContain('gup-fast: truncate of the file, hole punch');
  });

  test('tells of each commit since when, and whether it is in that kernel', () => {
    expect(text).toContain('430657b6be89  from 4.19 on\n');
    expect(text).toContain('0e2f80afcfa6  from 6.15 on, so not here\n');
    expect(text).toContain('f7f99100d8d9  from 4.15, ended by 9bb5a391f9a5 in 4.16, so not here\n');
  });

  test('says that there is no difference where there is none', () => {
    expect(renderModelExplanation(explanation('memfd'))).toContain(
      'every kernel that the model knows answers alike',
    );
  });

  test('is a table of all kinds of memory where none is named', () => {
    const table = renderModelExplanation(explanation(...backings));
    expect(table).toMatch(/fsdax-xfs +gup-fast +mapped +waits until a signal +every pin/);
    for (const backing of backings) expect(table).toContain(`  ${backing} `);
  });
});

describe('what the model says, for programs', () => {
  test('schema/explain-model.schema.json is what the code makes (vitest -u writes it)', async () => {
    const text = await format(JSON.stringify(modelExplanationJsonSchema()), {
      parser: 'json',
      printWidth: 100,
    });
    await expect(text).toMatchFileSnapshot('../schema/explain-model.schema.json');
  });

  test('holds to its schema, of one kind of memory and of all', () => {
    const validate = new Ajv2020().compile(modelExplanationJsonSchema());
    for (const each of [explanation('anon'), explanation(...backings)]) {
      expect(validate(JSON.parse(renderModelExplanationJson(each)))).toBe(true);
    }
    expect(validate({ ...explanation('anon'), kernel: 6.1 })).toBe(false);
  });
});
