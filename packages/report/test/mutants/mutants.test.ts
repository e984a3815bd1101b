import { Ajv2020 } from 'ajv/dist/2020.js';
import { format } from 'prettier';
import { describe, expect, test } from 'vitest';
import {
  mutantsJsonSchema,
  renderMutants,
  renderMutantsJson,
  renderMutantsMarkdown,
} from '../../src/index.ts';
import { allCaught, someMissed } from './outcomes.ts';

const outcomes = Object.entries({ 'all-caught': allCaught, 'some-missed': someMissed });

describe.each(outcomes)('%s', (name, mutants) => {
  test('as text', async () => {
    const text = renderMutants(mutants, { color: false, folder: 'pinbench-out' });
    await expect(text).toMatchFileSnapshot(`../fixtures/mutants/${name}.txt`);
  });

  test('as a page of documentation', async () => {
    const page = renderMutantsMarkdown(mutants);
    await expect(page).toMatchFileSnapshot(`../fixtures/mutants/${name}.md`);
  });

  test('as JSON that holds to its schema', () => {
    const validate = new Ajv2020({ formats: { 'date-time': true } }).compile(mutantsJsonSchema());
    const written: unknown = JSON.parse(renderMutantsJson(mutants));
    validate(written);
    expect(validate.errors).toBeNull();
    expect(written).toEqual(JSON.parse(JSON.stringify(mutants)));
  });
});

test('schema/mutants.schema.json is what the code makes (vitest -u writes it)', async () => {
  const text = await format(JSON.stringify(mutantsJsonSchema()), {
    parser: 'json',
    printWidth: 100,
  });
  await expect(text).toMatchFileSnapshot('../../schema/mutants.schema.json');
});

test('what differs between two runs is not on the page', () => {
  const later = { ...allCaught, startedAt: '2027-01-05T12:00:00.000Z', elapsedMs: 1 };
  expect(renderMutantsMarkdown(later)).toBe(renderMutantsMarkdown(allCaught));
});
