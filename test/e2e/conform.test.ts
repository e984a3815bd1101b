import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkOf, patchFile, pinbench, resultOf, temporaryFolder } from './support/pinbench.ts';

const conform = (...args: string[]) => pinbench(['conform', ...args]);

const replayed = async (text: string, ...args: string[]) => {
  const file = path.join(temporaryFolder(), 'told.sequence');
  await writeFile(file, text);
  return conform('--replay', file, ...args);
};

test('random sequences come out as the model says, and the same seed gives the same', async () => {
  const [one, two] = [await conform('--sequences', '30'), await conform('--sequences', '30')];
  expect(one.exitCode).toBe(0);
  const { cases, verdict } = checkOf(await resultOf(one), 'conformance');
  expect(verdict).toBe('pass');
  expect(cases?.[0]).toMatchObject({ name: '30 sequences, seed 1' });
  expect(cases?.[0]?.after.saw).toMatch(/^\d{3,} operations, no difference$/);
  expect(checkOf(await resultOf(two), 'conformance').cases).toEqual(cases);
});

test('a wrong patch is caught by a sequence that is shrunk, and that the printed command replays', async () => {
  const run = await conform('--patch', patchFile('wrong-errno.patch'), '--sequences', '30');
  expect(run.exitCode).toBe(1);
  const check = checkOf(await resultOf(run), 'conformance');
  expect(check.verdict).toBe('fail');
  const [story] = check.stories ?? [];
  expect(story?.steps.length).toBeLessThanOrEqual(3);
  expect(story?.shrunk).toMatchObject({ least: true, confirmed: true });
  expect(story?.steps.at(-1)).toMatchObject({ differs: true, expected: 'refused EOPNOTSUPP' });
  expect(run.stdout.replace(/\s+/g, ' ')).toContain(story?.command);

  const words = story!.command!.replace('npm run qemu:test -- ', '').split(' ');
  const again = await pinbench(words);
  expect(again.exitCode).toBe(1);
  const [told] = checkOf(await resultOf(again), 'conformance').stories ?? [];
  expect(told?.steps).toEqual(story?.steps);
  const plan = story!.file!.replace(/\.sequence$/, '.plan');
  expect(await readFile(path.resolve(import.meta.dirname, '../..', plan), 'utf8')).toContain(
    'map-watched id=0.conformance.0.1.answer',
  );
});

describe('a sequence that is replayed', () => {
  const truncate = `
    mmap area=0 parts=fsdax-xfs:4K share=shared prot=rw touch=write
    map area=0 at=0 first=0 count=1 prot=rw
    truncate area=0 part=0`;

  test('is told operation by operation, with the harm that is done before the patch', async () => {
    const run = await replayed(truncate);
    expect(run.exitCode).toBe(0);
    const [before, after] = checkOf(await resultOf(run), 'conformance').stories ?? [];
    expect(before?.steps.map(({ seen }) => seen)).toEqual([
      'done',
      'mapped',
      'waits until a signal comes',
    ]);
    expect(before?.steps[2]?.harm).toBe('the file system waits until a signal comes');
    expect(after?.steps.map(({ seen }) => seen)).toEqual(['done', 'refused EOPNOTSUPP', 'done']);
    expect(run.stdout).toContain('harm      the file system waits');
  });

  test('may be asked of one variant alone', async () => {
    const run = await replayed(truncate, '--variant', 'after');
    const { stories } = checkOf(await resultOf(run), 'conformance');
    expect(stories?.map(({ variant }) => variant)).toEqual(['after']);
  });

  test.each([
    ['fork\nfork\n', /line 2: fork cannot be asked/],
    ['mmap area=0 parts=paper:4K share=shared prot=rw touch=write\n', /line 1: "paper:4K" is no/],
  ])('is refused where it is wrong: %j', async (text, message) => {
    const run = await replayed(text);
    expect(run.exitCode).toBe(64);
    expect(run.stderr).toMatch(message);
  });
});
