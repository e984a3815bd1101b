import { LONGEST } from '@pinbench/model';
import { describe, expect, test } from 'vitest';
import { commandFor, readConformRequest, type ConformOptions } from '../../src/conform/request.ts';

const read = (options: Partial<ConformOptions> = {}) =>
  readConformRequest({ base: 'debian:6.1', accel: 'auto', out: 'pinbench-out', ...options });

describe('what is run', () => {
  test('is, by default, some hundred sequences from seed 1, before and after', () => {
    const { variants, what, run } = read();
    expect(variants).toEqual(['before', 'after']);
    expect(what).toEqual({ seed: 1, length: LONGEST, until: { sequences: 400 } });
    expect(run.checks).toEqual([]);
  });

  test('may be a number of sequences, of a length, from a seed, of one variant', () => {
    const request = read({ sequences: '50', seed: '7', length: '12', variant: 'after' });
    expect(request.what).toEqual({ seed: 7, length: 12, until: { sequences: 50 } });
    expect(request.variants).toEqual(['after']);
  });

  test.each([
    ['1s', 1000],
    ['90s', 90_000],
    ['10m', 600_000],
    ['24h', 86_400_000],
  ])('may last for %s', (text, ms) => {
    expect(read({ for: text }).what).toMatchObject({ until: { ms } });
  });

  test('may be a file that is replayed', () => {
    expect(read({ replay: 'harm.sequence' }).what).toEqual({ replay: 'harm.sequence' });
  });
});

test.each([
  [{ for: '0s' }, '--for "0s" is no length of time from 1s to 24h'],
  [{ for: '25h' }, '--for "25h" is no length of time'],
  [{ for: '10' }, '--for "10" is no length of time'],
  [{ for: '10 m' }, '--for "10 m" is no length of time'],
  [{ sequences: '0' }, '--sequences "0" is no whole number from 1 to'],
  [{ sequences: '-1' }, '--sequences "-1" is no whole number'],
  [{ seed: 'x' }, '--seed "x" is no whole number from 0 to'],
  [{ length: '1e9' }, '--length "1e9" is no whole number from 1 to 1000'],
  [{ variant: 'stock' }, '--variant does not know "stock"'],
  [{ sequences: '5', for: '5m' }, '--sequences and --for both say when to end'],
  [{ replay: 'a', seed: '1' }, '--seed says how to make sequences, and --replay has one'],
  [{ replay: '-', patch: ['-'] }, 'standard input is given twice'],
  [{ accel: 'xen' }, '--accel does not know "xen"'],
])('%j is refused', (options, message) => {
  expect(() => read(options)).toThrow(message);
});

describe('the command that does it again', () => {
  test.each([
    [{}, '--sequences 400 --seed 1'],
    [{ for: '600s', seed: '4' }, '--for 10m --seed 4'],
    [{ for: '90s', variant: 'before' }, '--variant before --for 90s --seed 1'],
    [{ sequences: '3', length: '5' }, '--sequences 3 --seed 1 --length 5'],
    [{ replay: 'a b.sequence' }, "--replay 'a b.sequence'"],
  ])('of %j ends in %s', (options, words) => {
    expect(commandFor(read(options))).toBe(
      `npm run qemu:test -- conform --base debian:6.1 ${words}`,
    );
  });

  test('of a sequence that was shrunk replays its file', () => {
    const command = commandFor(read({ for: '10m' }), { replay: 'out/conform/1-3.sequence' });
    expect(command).toContain('conform --base debian:6.1 --replay out/conform/1-3.sequence');
  });
});
