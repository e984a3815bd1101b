import path from 'node:path';
import { RequestError } from '@pinbench/host';
import { backings, checks } from '@pinbench/model';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { readRequest, rerunCommand, type RunOptions } from '../src/run/request.ts';

const options = (given: Partial<RunOptions> = {}): RunOptions => ({
  base: 'debian:6.1',
  accel: 'auto',
  time: 'counted',
  out: 'pinbench-out',
  ...given,
});

afterEach(() => {
  vi.unstubAllEnvs();
});

test('by default every check is asked on every backing', () => {
  const request = readRequest(options());
  expect(request.checks).toEqual(checks);
  expect(request.backings).toEqual(backings);
  expect(request.patches).toEqual([]);
});

test('names may be repeated or separated by commas, and keep the order of the report', () => {
  const request = readRequest(options({ backing: ['thp,anon', 'device-dax'] }));
  expect(request.backings).toEqual(['anon', 'thp', 'device-dax']);
});

test('files are found from where the user stands, not from where npm runs its script', () => {
  vi.stubEnv('INIT_CWD', '/home/reviewer');
  const request = readRequest(options({ patch: ['fix.patch', '/tmp/other.patch', '-'] }));
  expect(request.patches).toEqual(['/home/reviewer/fix.patch', '/tmp/other.patch', '-']);
  expect(request.out).toBe(path.join('/home/reviewer', 'pinbench-out'));
});

describe('what is not known is refused, with what is', () => {
  const refused = (given: Partial<RunOptions>): RequestError => {
    try {
      readRequest(options(given));
    } catch (error) {
      if (error instanceof RequestError) return error;
    }
    throw new Error('it was not refused');
  };

  test.each([
    [{ check: ['pin-refuse'] }, /pin-refuse/, /pin-refusal, .*map-unmap-time/],
    [{ backing: ['floppy'] }, /floppy/, /anon, thp/],
    [{ accel: 'hvf' }, /hvf/, /auto, kvm, tcg/],
    [{ time: 'guessed' }, /guessed/, /counted, sampled, off/],
    [{ maxCost: 'much' }, /much/, /--max-cost 5/],
    [{ maxCost: '' }, /not a percentage/, /--max-cost 5/],
    [{ maxCost: '%' }, /not a percentage/, /--max-cost 5/],
    [{ maxCost: '-5' }, /not a percentage/, /--max-cost 5/],
    [{ maxCost: '5', time: 'off' }, /--time off/, /leave one/],
    [{ maxCost: '5', check: ['pin-refusal'] }, /measures time/, /--check map-unmap-time/],
  ] as const)('%o', (given, message, hint) => {
    const error = refused(given as unknown as Partial<RunOptions>);
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });
});

test('standard input is refused where it would be read twice', () => {
  for (const twice of [{ patch: ['-', '-'] }, { patch: ['-'], baseline: ['-'] }]) {
    expect(() => readRequest(options(twice))).toThrow('standard input is given twice');
  }
});

describe('the command that runs it again', () => {
  test('says what it cannot hold: what came on standard input', () => {
    expect(rerunCommand(readRequest(options({ patch: ['-'] })))).toBe(
      'npm run qemu:test -- --base debian:6.1 --patch - # with the same on standard input',
    );
  });

  test('is short when nothing was asked for', () => {
    expect(rerunCommand(readRequest(options()))).toBe('npm run qemu:test -- --base debian:6.1');
  });

  test('holds everything that decides the result, quoted for a shell', () => {
    const request = readRequest(
      options({ patch: ["/tmp/it's mine.patch"], check: ['pin-refusal'], time: 'off', cold: true }),
    );
    expect(rerunCommand(request)).toBe(
      `npm run qemu:test -- --base debian:6.1 --patch '/tmp/it'\\''s mine.patch' --check pin-refusal --time off --cold`,
    );
  });
});
