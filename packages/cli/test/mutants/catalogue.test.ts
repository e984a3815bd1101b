import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { repositoryRoot } from '@pinbench/host';
import { debianLines } from '@pinbench/kernel';
import { checks } from '@pinbench/model';
import { patchOf, readCatalogue } from '../../src/mutants/shipped-catalogue.ts';

const catalogue = await readCatalogue('debian:6.1', debianLines);
/** What the kernel prints is judged beside the checks. */
const names = [...checks.map(({ name }) => name), 'splats'];
const own = [...catalogue.controls.filter(({ shipped }) => !shipped), ...catalogue.mutants];

describe('the mutants for debian:6.1', () => {
  test('are at least twenty, each with a patch, and no patch is without one', async () => {
    expect(catalogue.mutants.length).toBeGreaterThanOrEqual(20);
    const files = (await readdir(catalogue.folder)).filter((name) => name.endsWith('.patch'));
    expect(files.sort()).toEqual(own.map(({ id }) => `${id}.patch`).sort());
  });

  test.each(catalogue.mutants.map((mutant) => [mutant.id, mutant] as const))(
    '%s: the patch says what the mistake is, and the check named for it is there',
    async (_id, mutant) => {
      const text = (await readFile(patchOf(catalogue, mutant), 'utf8')).replace(/\n */g, ' ');
      expect(text).toContain(`filesystem-dax page pinning, ${mutant.title} `);
      expect(text.toLowerCase()).toContain(`the mistake: ${mutant.mistake.toLowerCase()}`);
      expect(names).toContain(mutant.check);
    },
  );

  test('are those that docs/mutants.md lists', async () => {
    const page = await readFile(path.join(repositoryRoot, 'docs/mutants.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `([\w-]+)` \| [A-Z][^|]*\. \| /gm)].map(([, id]) => id);
    expect(listed).toEqual(catalogue.mutants.map(({ id }) => id));
    for (const { mistake } of catalogue.mutants) expect(page).toContain(mistake);
  });
});

test('a base without mutants is named, with those that have some', async () => {
  await expect(readCatalogue('debian:6.12', debianLines)).rejects.toThrow(
    'there are no mutants for debian:6.12',
  );
});
