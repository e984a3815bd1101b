import path from 'node:path';
import { expect, test } from 'vitest';
import { explorationResultSchema } from '@pinbench/model';
import { pinbench } from './support/pinbench.ts';

test('every story of harm that the model tells of 6.1 comes true on it, before the patch', async () => {
  const explored = await pinbench(['model', 'explore', '--design', 'gup-fast', '--json']);
  expect(explored.exitCode).toBe(0);
  const { explorations } = explorationResultSchema.parse(JSON.parse(explored.stdout));
  const harms = (explorations[0]?.findings ?? []).filter(
    ({ kind, shortest }) => kind === 'harm' && shortest,
  );
  const names = ['overwrites', 'discloses', 'writes-freed', 'waits', 'left-behind'];
  expect(harms.map(({ name }) => name)).toEqual(names);
  for (const { name } of harms) {
    const file = path.join(explored.out, 'explore', `gup-fast-${name}.sequence`);
    const replayed = await pinbench(['conform', '--replay', file, '--variant', 'before']);
    expect.soft(replayed.exitCode, name).toBe(0);
    expect.soft(replayed.stdout, name).toContain('no difference');
    if (name === 'overwrites')
      expect(replayed.stdout).toContain("the device's bytes are found in the other file");
    if (name === 'waits') expect(replayed.stdout).toContain('waits until a signal');
  }
});
