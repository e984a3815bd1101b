import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { mutantsSchema } from '@pinbench/model';
import { pinbench } from './support/pinbench.ts';

const timeout = 1_200_000;

test(
  'random sequences alone catch most mutants, each by a sequence that can be read at a glance',
  { timeout },
  async () => {
    const run = await pinbench(['mutants', '--by', 'conformance']);
    const { mutants, controls } = mutantsSchema.parse(
      JSON.parse(await readFile(path.join(run.out, 'mutants.json'), 'utf8')),
    );
    for (const { id, outcome, story } of mutants) {
      const told = story?.steps.map(({ operation }) => `  ${operation}`) ?? [];
      process.stdout.write(`${[`${id}: ${outcome}`, ...told].join('\n')}\n`);
    }
    for (const control of controls) expect(control).toMatchObject({ outcome: 'clean' });

    const caught = mutants.filter(({ story }) => story !== undefined);
    expect(caught.length / mutants.length).toBeGreaterThanOrEqual(15 / 20);
    for (const { id, story } of caught) {
      expect({ id, isShort: story!.steps.length <= 8 }).toEqual({ id, isShort: true });
    }
    // What no sequence shows has to say why.
    const missed = mutants.filter(({ outcome }) => outcome === 'missed');
    expect(missed.filter(({ beyond }) => beyond === undefined).map(({ id }) => id)).toEqual([]);
    expect(run.exitCode).toBe(0);
  },
);
