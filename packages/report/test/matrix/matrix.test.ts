import { Ajv2020 } from 'ajv/dist/2020.js';
import { format } from 'prettier';
import { describe, expect, test } from 'vitest';
import {
  matrixJsonSchema,
  renderMatrix,
  renderMatrixJson,
  renderMatrixJUnit,
  renderMatrixKtap,
} from '../../src/index.ts';
import { readKtap } from '../ktap-reader.ts';
import { matrices } from './matrices.ts';

const { passing, mixed, stopped, disagreeing, unchanged } = matrices;
const all = Object.entries(matrices);

describe('the table of a matrix', () => {
  test.each(all)('when %s', async (name, matrix) => {
    const text = renderMatrix(matrix, { color: false, folder: 'pinbench-out' });
    await expect(text).toMatchFileSnapshot(`../fixtures/matrix/${name}.txt`);
  });

  test.each(all)('is no wider than 100 columns when %s', (_name, matrix) => {
    for (const line of renderMatrix(matrix, { color: false }).split('\n')) {
      expect(line.length, line).toBeLessThanOrEqual(100);
    }
  });

  test('begins and ends with the worst outcome', () => {
    const lines = renderMatrix(mixed, { color: false }).trimEnd().split('\n');
    expect(lines.at(0)).toMatch(/^ERROR {2}/);
    expect(lines.at(-1)).toBe('ERROR  4 bases: 1 passed, 1 failed, 1 rejected, 1 error');
  });

  test('shouts where source and boot disagree', () => {
    const text = renderMatrix(disagreeing, { color: false });
    expect(text).toContain('SOURCE AND BOOT DISAGREE  debian:6.12, before, fsdax-ext4');
    expect(text).toMatch(/^FAIL/);
    expect(renderMatrix(passing, { color: false })).not.toContain('DISAGREE');
  });

  test('tells a patch that works from one whose rule was there before', () => {
    const text = renderMatrix(unchanged, { color: false });
    expect(text).toMatch(/0 -> 3 .*\n.*of 10/);
    expect(text).toMatch(/3 -> 3 .*\n.*of 10 .*\n.*nothing changed/);
    expect(text).toMatch(/2 passed; nothing changed in what is refused on 1\n$/);
    expect(renderMatrix(mixed, { color: false })).not.toContain('nothing changed');
  });

  test('lets no escape sequence through', () => {
    expect(renderMatrix(mixed, { color: false })).not.toContain('\u001b');
  });
});

describe('the matrix as JSON', () => {
  const validate = new Ajv2020({ allErrors: true, formats: { 'date-time': true } }).compile(
    matrixJsonSchema(),
  );

  test('schema/matrix.schema.json is what the code makes (vitest -u writes it)', async () => {
    const text = await format(JSON.stringify(matrixJsonSchema()), {
      parser: 'json',
      printWidth: 100,
    });
    await expect(text).toMatchFileSnapshot('../../schema/matrix.schema.json');
  });

  test.each(all)('holds to its schema when %s', (_name, matrix) => {
    validate(JSON.parse(renderMatrixJson(matrix)));
    expect(validate.errors).toBeNull();
  });

  test('the schema refuses an outcome it does not know', () => {
    const rows = [{ ...passing.rows[0], outcome: 'green' }];
    expect(validate({ ...passing, rows })).toBe(false);
  });
});

describe('the matrix for CI', () => {
  test.each(all)('as KTAP when %s', async (name, matrix) => {
    await expect(renderMatrixKtap(matrix)).toMatchFileSnapshot(`../fixtures/matrix/${name}.ktap`);
  });

  test.each(all)('as JUnit when %s', async (name, matrix) => {
    await expect(renderMatrixJUnit(matrix)).toMatchFileSnapshot(`../fixtures/matrix/${name}.xml`);
  });

  test('a boot that shows otherwise than the source is a failure of its own', () => {
    const [agreeing, contrary] = readKtap(renderMatrixKtap(disagreeing));
    const status = (test: typeof contrary) => test?.parts.find(({ name }) => name === 'status')?.ok;
    expect(status(agreeing)).toBe(true);
    expect(status(contrary)).toBe(false);
    expect(contrary?.ok).toBe(false);
    expect(renderMatrixJUnit(disagreeing)).toContain('<failure');
  });

  test('nothing that has no answer reads as a pass or a skip', () => {
    for (const matrix of [mixed, stopped]) {
      const tests = readKtap(renderMatrixKtap(matrix));
      expect(tests.map(({ ok }) => ok)).toEqual([
        ...matrix.rows.map(({ outcome }) => outcome === 'pass'),
        false,
      ]);
      expect(tests.filter(({ directive }) => directive === 'SKIP')).toEqual([]);
      expect(renderMatrixJUnit(matrix)).not.toContain('<skipped');
    }
  });
});
