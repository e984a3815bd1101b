import { RequestError } from '@pinbench/host';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lineOf, lines } from '../src/lines.ts';

test('an unknown base is refused with the known ones', () => {
  expect(() => lineOf('debian:1.0')).toThrow(RequestError);
  expect(() => lineOf('debian:1.0')).toThrow('unknown base debian:1.0');
  try {
    lineOf('debian:1.0');
  } catch (error) {
    const known = lines.map(({ spec }) => spec).join(', ');
    expect(error).toMatchObject({ hint: `known bases: ${known}, tree:PATH[@REV]` });
  }
});

test('a bare path of what is there is told how a tree is given', () => {
  const from = mkdtempSync(path.join(tmpdir(), 'pinbench-lines-'));
  onTestFinished(() => {
    rmSync(from, { recursive: true });
  });
  mkdirSync(path.join(from, 'linux'));
  const hint = (spec: string): string | undefined => {
    try {
      lineOf(spec, from);
    } catch (error) {
      return (error as RequestError).hint;
    }
    return undefined;
  };
  expect(hint('linux')).toMatch(/^did you mean tree:linux\? known bases: .*tree:PATH/);
  expect(hint('./linux@v4.15')).toMatch(/^did you mean tree:\.\/linux@v4\.15\?/);
  expect(hint('nowhere')).toMatch(/^known bases: /);
});
