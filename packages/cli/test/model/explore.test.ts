import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { explorationResultSchema, parseSequence } from '@pinbench/model';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeProgram } from '../../src/program.ts';

let folder: string;
let printed: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pinbench-explore-'));
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

async function exploring(words: string, signal = new AbortController().signal): Promise<number> {
  let exitCode = -1;
  const program = makeProgram(signal, (code) => {
    exitCode = code;
  });
  const command = `model explore ${words} --out ${folder}`.split(' ').filter(Boolean);
  await program.parseAsync(command, { from: 'user' });
  return exitCode;
}

const result = () => explorationResultSchema.parse(JSON.parse(printed));
const named = (name: string) => path.join(folder, 'explore', name);

test.each([
  [['model'], 'model needs to be told what for'],
  [['model', 'xplore'], 'model does not know "xplore"'],
])('%j is a wrong request', async (words, message) => {
  const program = makeProgram(new AbortController().signal, () => undefined);
  await expect(program.parseAsync(words, { from: 'user' })).rejects.toMatchObject({
    exitCode: 64,
    message,
  });
});

test.each(['explore', 'explain'])('model %s takes no word more', async (command) => {
  const program = makeProgram(new AbortController().signal, () => undefined);
  const words = ['model', command, 'lease'];
  await expect(program.parseAsync(words, { from: 'user' })).rejects.toThrow('too many arguments');
});

test('model explain takes one kind of memory', async () => {
  const program = makeProgram(new AbortController().signal, () => undefined);
  const words = 'model explain --backing anon --backing thp'.split(' ');
  await expect(program.parseAsync(words, { from: 'user' })).rejects.toMatchObject({
    exitCode: 64,
    message: '--backing is given twice',
  });
});

describe('model explore', () => {
  test('looks at every design, each held against the first and the one before it', async () => {
    expect(await exploring('--bound 3 --slots 1 --json')).toBe(0);
    const { explorations, balances, differences } = result();
    const names = ['gup-fast', 'longterm-unlocked', 'longterm-any-dax', 'longterm', 'lease'];
    expect(explorations.map(({ design }) => design.name)).toEqual(names);
    expect(balances.map(({ design, against }) => `${design} ${against}`)).toEqual([
      'longterm-unlocked gup-fast',
      'longterm-any-dax gup-fast',
      'longterm-any-dax longterm-unlocked',
      'longterm gup-fast',
      'longterm longterm-any-dax',
      'lease gup-fast',
      'lease longterm',
    ]);
    expect(differences).toBeUndefined();
  });

  test('holds two against each other, and says what the first buys and costs', async () => {
    await exploring('--design longterm --against gup-fast --bound 3 --slots 1 --json');
    const { balances, differences } = result();
    expect(balances).toEqual([
      {
        design: 'longterm',
        against: 'gup-fast',
        buys: ['waits', 'left-behind'],
        costs: ['refuses'],
      },
    ]);
    expect(differences?.[0]).toMatchObject({ design: 'refused EOPNOTSUPP', against: 'maps' });
  });

  test('writes what can be replayed, for a kernel that has the design', async () => {
    await exploring('--design gup-fast --bound 3 --slots 1');
    expect(printed).toMatch(/conform --replay \S+gup-fast-waits\.sequence --variant before\n/);
    const text = await readFile(named('gup-fast-waits.sequence'), 'utf8');
    expect(parseSequence(text).map(({ op }) => op)).toEqual(['mmap', 'map', 'truncate']);
    expect(await readFile(named('gup-fast-waits.plan'), 'utf8')).toMatch(
      /^map-watched .*\n(.*\n)*change .* do=truncate$/m,
    );
  });

  test('names the base to replay on, where that is another kernel', async () => {
    await exploring('--design gup-fast --kernel 4.15 --bound 4 --slots 1');
    expect(printed).toContain('conform --base tree:../linux@v4.15 --replay');
    await exploring('--design gup-fast --kernel 6.12 --bound 3 --slots 1');
    expect(printed).toContain('conform --base debian:6.12 --replay');
  });

  test('promises no replay of what no kernel has', async () => {
    await exploring('--design lease --bound 3 --slots 1');
    expect(printed).toContain('lease-revokes.sequence');
    expect(printed).not.toContain('--replay');
    expect(await readdir(path.join(folder, 'explore'))).toEqual([
      'lease-revokes.sequence',
      'lease-waits-for-owner.sequence',
    ]);
  });

  test('leaves no story of an earlier kernel behind, and those of other designs alone', async () => {
    await exploring('--design gup-fast --kernel 4.15 --bound 5 --slots 1');
    const earlier = await readdir(path.join(folder, 'explore'));
    expect(earlier).toContain('gup-fast-overwrites.sequence');
    await exploring('--design lease --bound 3 --slots 1');
    await exploring('--design gup-fast --bound 3 --slots 1');
    const names = await readdir(path.join(folder, 'explore'));
    expect(names).not.toContain('gup-fast-overwrites.sequence');
    expect(names).toContain('lease-revokes.sequence');
  });

  test('stops when it is told to', async () => {
    const controller = new AbortController();
    controller.abort(new Error('stopped'));
    await expect(exploring('--bound 6', controller.signal)).rejects.toThrow('stopped');
  });

  test.each([
    ['--design fast', '--design does not know "fast"'],
    ['--against lease', '--against needs a --design'],
    ['--design lease --against lease', 'both lease'],
    ['--kernel six', '--kernel "six" is no version'],
    ['--kernel 4.8', '--kernel "4.8" is no version from 4.9 on'],
    ['--design lease --design longterm', '--design is given twice'],
    ['--bound 0', '--bound "0" is no whole number from 1 to 12'],
    ['--slots 4', '--slots "4" is no whole number from 1 to 3'],
  ])('%s is a wrong request', async (words, message) => {
    await expect(exploring(words)).rejects.toMatchObject({
      exitCode: 64,
      message: expect.stringContaining(message) as string,
    });
  });
});
