import { Ajv2020 } from 'ajv/dist/2020.js';
import { format } from 'prettier';
import { describe, expect, test } from 'vitest';
import { renderJson, resultJsonSchema } from '../src/index.ts';
import { passing, results } from './fixtures.ts';

const validate = new Ajv2020({ allErrors: true, formats: { 'date-time': true } }).compile(
  resultJsonSchema(),
);

describe('JSON', () => {
  test('schema/result.schema.json is what the code makes (vitest -u writes it)', async () => {
    const text = await format(JSON.stringify(resultJsonSchema()), {
      parser: 'json',
      printWidth: 100,
    });
    await expect(text).toMatchFileSnapshot('../schema/result.schema.json');
  });

  test.each(Object.entries(results))('holds to its schema when %s', (_name, result) => {
    validate(JSON.parse(renderJson(result)));
    expect(validate.errors).toBeNull();
  });

  test('is the result itself', () => {
    expect(JSON.parse(renderJson(passing))).toEqual(passing);
  });

  test('the schema refuses a verdict it does not know and a missing field', () => {
    expect(validate({ ...passing, verdict: 'green' })).toBe(false);
    expect(validate({ ...passing, checks: undefined })).toBe(false);
  });
});
