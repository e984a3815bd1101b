import { RequestError } from '@pinbench/host';
import { expect, test } from 'vitest';
import { lineOf, lines } from '../src/lines.ts';

test('an unknown base is refused with the known ones', () => {
  expect(() => lineOf('debian:1.0')).toThrow(RequestError);
  expect(() => lineOf('debian:1.0')).toThrow('unknown base debian:1.0');
  try {
    lineOf('debian:1.0');
  } catch (error) {
    const known = lines.map(({ spec }) => spec).join(', ');
    expect(error).toMatchObject({ hint: `known bases: ${known}` });
  }
});
