import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { debianLines } from '@pinbench/kernel';
import { patchOf, readCatalogue } from '../../src/mutants/shipped-catalogue.ts';

const catalogue = await readCatalogue('debian:6.1', debianLines);
const own = [...catalogue.controls.filter(({ shipped }) => !shipped), ...catalogue.mutants];

describe('the mutants for debian:6.1', () => {
  test('are at least twenty, each with a patch, and no patch is without one', async () => {
    expect(catalogue.mutants.length).toBeGreaterThanOrEqual(20);
    const files = (await readdir(catalogue.folder)).filter((name) => name.endsWith('.patch'));
    expect(files.sort()).toEqual(own.map(({ id }) => `${id}.patch`).sort());
  });

  test.each(catalogue.mutants.map((mutant) => [mutant.id, mutant] as const))(
    '%s: the patch says what the mistake is',
    async (_id, mutant) => {
      const text = (await readFile(patchOf(catalogue, mutant), 'utf8')).replace(/\n */g, ' ');
      expect(text).toContain(`filesystem-dax page pinning, ${mutant.title} `);
      expect(text.toLowerCase()).toContain(`the mistake: ${mutant.mistake.toLowerCase()}`);
    },
  );
});

test('a base without mutants is named, with those that have some', async () => {
  await expect(readCatalogue('debian:6.12', debianLines)).rejects.toThrow(
    'there are no mutants for debian:6.12',
  );
});
