import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { mutantsSchema } from '@pinbench/model';
import { pinbench } from './support/pinbench.ts';

const catalogue = path.resolve(import.meta.dirname, '../../qemu/mutants/debian-6.1/catalogue.json');

test('every mutant is caught by the check named for it, and no right version is', async () => {
  const run = await pinbench(['mutants']);
  const outcome = mutantsSchema.parse(
    JSON.parse(await readFile(path.join(run.out, 'mutants.json'), 'utf8')),
  );
  const got = outcome.mutants.filter((mutant) => mutant.outcome !== 'caught');
  expect(got.map(({ id, by }) => ({ id, by }))).toEqual([]);
  for (const control of outcome.controls) expect(control).toMatchObject({ outcome: 'clean' });

  const { mutants } = JSON.parse(await readFile(catalogue, 'utf8')) as { mutants: object[] };
  expect(outcome.mutants.length).toBe(mutants.length);
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toMatch(/^PASS /);
}, 900_000);

test('a mutant that the check asked cannot see is missed, and the run is not green', async () => {
  const run = await pinbench(['mutants', '--mutant', 'lock-not-taken', '--check', 'pin-refusal']);
  expect(run.stdout).toMatch(/^FAIL {2}0 of 1 mutant caught/);
  expect(run.exitCode).toBe(1);
});

test('what is not known is refused before anything is run', async () => {
  const unknown = await pinbench(['mutants', '--mutant', 'nobody']);
  expect(unknown.stderr).toContain('--mutant does not know "nobody"');
  expect(unknown.exitCode).toBe(64);
  const base = await pinbench(['mutants', '--base', 'debian:6.12']);
  expect(base.stderr).toContain('there are no mutants for debian:6.12');
  expect(base.exitCode).toBe(64);
  const timed = await pinbench(['mutants', '--check', 'map-unmap-time']);
  expect(timed.stderr).toContain('map-unmap-time measures time, and catches no mutant');
  expect(timed.exitCode).toBe(64);
});
