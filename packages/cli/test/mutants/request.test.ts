import { describe, expect, test } from 'vitest';
import { commandFor, readMutantsRequest, type MutantsOptions } from '../../src/mutants/request.ts';

const read = (options: Partial<MutantsOptions> = {}) =>
  readMutantsRequest({ base: 'debian:6.1', accel: 'auto', out: 'pinbench-out', ...options });

describe('what is asked of the mutants', () => {
  test('is every check that takes no time, of all of them', async () => {
    const request = await read();
    expect(request.mutants).toBe(request.catalogue.mutants);
    expect(request.run.clock).toBe('off');
    expect(request.run.checks.length).toBeGreaterThan(0);
    expect(request.run.checks.filter(({ timed }) => timed)).toEqual([]);
    expect(commandFor(request)).toBe('npm run qemu:test -- mutants --base debian:6.1');
  });

  test('may be one check, and then of those that are meant for it', async () => {
    const { mutants } = await read({ check: ['pin-refusal'] });
    expect(new Set(mutants.map(({ check }) => check))).toEqual(new Set(['pin-refusal']));
  });

  test('may be some by name, in the order of the catalogue, whatever they are meant for', async () => {
    const ids = ['lock-not-taken,only-ext4', 'wrong-errno'];
    const request = await read({ mutant: ids, check: ['pin-refusal'] });
    const all = request.catalogue.mutants.map(({ id }) => id);
    const chosen = request.mutants.map(({ id }) => id);
    expect(new Set(chosen)).toEqual(new Set(['lock-not-taken', 'only-ext4', 'wrong-errno']));
    expect(chosen).toEqual(all.filter((id) => chosen.includes(id)));
    expect(commandFor(request)).toContain('--check pin-refusal --mutant');
  });

  test('may be nothing but random sequences, of all of them', async () => {
    const request = await read({ by: 'conformance' });
    expect(request.by).toBe('conformance');
    expect(request.mutants).toBe(request.catalogue.mutants);
    expect(commandFor(request)).toBe(
      'npm run qemu:test -- mutants --base debian:6.1 --by conformance',
    );
  });

  test.each([
    [{ by: 'luck' }, '--by does not know "luck"'],
    [{ by: 'conformance', check: ['unwind'] }, '--by and --check both say'],
    [{ mutant: ['nobody'] }, '--mutant does not know "nobody"'],
    [{ base: 'debian:6.12' }, 'there are no mutants for debian:6.12'],
    [{ base: 'tree:../linux' }, 'there are no mutants for tree:../linux'],
    [{ check: ['map-unmap-time'] }, 'map-unmap-time measures time'],
    [{ check: ['nothing'] }, '--check does not know "nothing"'],
  ])('%j is refused', async (options, message) => {
    await expect(read(options)).rejects.toThrow(message);
  });
});
