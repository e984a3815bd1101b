import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { matrixSchema, type Matrix } from '@pinbench/model';
import { expect, test } from 'vitest';
import { patchFile, pinbench, start, temporaryFolder } from './support/pinbench.ts';

const first = 'debian:6.1';
const second = 'debian:5.10';
const bases = ['--base', first, '--base', second];
/** Enough to judge by, and short. */
const quick = ['--check', 'pin-refusal', '--backing', 'anon', '--backing', 'fsdax-ext4'];

const matrixOf = async (out: string): Promise<Matrix> =>
  matrixSchema.parse(JSON.parse(await readFile(path.join(out, 'matrix.json'), 'utf8')));

const outcomes = ({ rows }: Matrix): string[] =>
  rows.map(({ base, outcome }) => `${base} ${outcome}`);

test('two bases are one table, each with reports of its own', async () => {
  const run = await pinbench([...bases, ...quick]);
  const matrix = await matrixOf(run.out);
  expect(outcomes(matrix)).toEqual([`${first} pass`, `${second} pass`]);
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toMatch(/^PASS {2}2 bases: 2 passed$/m);
  expect(run.stderr).toContain(`base 2 of 2: ${second}`);
  expect(await readFile(path.join(run.out, 'matrix.txt'), 'utf8')).toBe(
    `${run.stdout.replace(/^ {2}files .*\n/m, '')}\n`,
  );
  for (const { base, folder = 'none', release } of matrix.rows) {
    const text = await readFile(path.join(run.out, folder, 'result.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ verdict: 'pass', base: { spec: base, release } });
  }
});

test('a patch that does not fit one base is a row, and the rest goes on', async () => {
  const patch = patchFile('newer-kernels-only.patch');
  const run = await pinbench(['--base', second, '--base', first, ...quick, '--patch', patch]);
  const matrix = await matrixOf(run.out);
  expect(outcomes(matrix)).toEqual([`${second} rejected`, `${first} pass`]);
  expect(run.exitCode).toBe(64);
  expect(run.stdout).toContain(`does not apply to ${second}`);
  expect(await readdir(path.join(run.out, 'debian-5.10'))).toEqual([]);
});

test('a patch that fails on every base fails the matrix', async () => {
  const wrong = ['--patch', patchFile('wrong-errno.patch')];
  const run = await pinbench(['matrix', '--base', first, ...quick, ...wrong, '--json']);
  expect(matrixSchema.parse(JSON.parse(run.stdout))).toMatchObject({
    outcome: 'fail',
    exitCode: 1,
  });
  expect(run.exitCode).toBe(1);
  expect(await readFile(path.join(run.out, 'matrix.ktap'), 'utf8')).toMatch(
    /^not ok 1 debian:6\.1/m,
  );
});

test('--status is borne out by the boot of the patch that pinbench ships', async () => {
  const run = await pinbench(['matrix', '--base', first, ...quick, '--status']);
  const [row] = (await matrixOf(run.out)).rows;
  // Filesystem-DAX before and after.
  expect(row?.status).toMatchObject({ compared: 2, disagreements: [] });
  expect(row?.status?.base?.type1.stand).toBe('right');
  expect(row?.status?.before?.type1.own.fsdax).toBe('pinned');
  expect(row?.status?.after?.type1.own.fsdax).toBe('refused');
  expect(run.exitCode).toBe(0);
});

test('--status shouts where a boot shows otherwise than the source', async () => {
  const wrong = ['--patch', patchFile('wrong-errno.patch')];
  const run = await pinbench(['matrix', '--base', first, ...quick, ...wrong, '--status']);
  const [row] = (await matrixOf(run.out)).rows;
  expect(row?.status?.disagreements).toMatchObject([
    { variant: 'after', backing: 'fsdax-ext4', boot: 'it was refused with EFAULT' },
  ]);
  expect(run.stdout).toContain('SOURCE AND BOOT DISAGREE  debian:6.1, after, fsdax-ext4');
  expect(run.exitCode).toBe(1);
});

test('Ctrl-C keeps what is done, and --resume runs only the rest', async () => {
  const out = temporaryFolder();
  const args = [...bases, ...quick, '--out', out];
  const running = start(args);
  // The first base is done when its row is kept; the second has then begun.
  for (let waited = 0; !(await hasBegun(out)); waited += 20) {
    if (waited > 120_000) throw new Error('the first base did not come to its end');
    await setTimeout(20);
  }
  running.kill('SIGINT');
  const stopped = await running;
  expect(stopped.exitCode).toBe(130);
  expect(stopped.stderr).toContain('1 of 2 bases are done');
  const kept = await matrixOf(out);
  expect(outcomes(kept)).toEqual([`${first} pass`, `${second} stopped`]);
  expect(kept.exitCode).toBe(130);

  const resumed = await start([...args, '--resume']);
  expect(resumed.exitCode).toBe(0);
  expect(resumed.stdout).toContain('* taken over from an earlier matrix');
  const whole = await matrixOf(out);
  expect(outcomes(whole)).toEqual([`${first} pass`, `${second} pass`]);
  expect(whole.rows.map(({ takenOver }) => takenOver)).toEqual([true, false]);
  expect(whole.rows[0]?.startedAt).toBe(kept.rows[0]?.startedAt);
});

const hasBegun = async (out: string): Promise<boolean> => {
  const matrix = await matrixOf(out).catch(() => undefined);
  return matrix?.rows[0]?.outcome === 'pass';
};

test('what was done on another ground is never taken over', async () => {
  const out = temporaryFolder();
  const args = ['matrix', '--base', first, ...quick, '--out', out];
  await start(args);
  const limited = await start([...args, '--resume', '--backing', 'memfd']);
  expect(limited.stderr).toContain(`${first} runs again: the options are others`);
  expect((await matrixOf(out)).rows[0]?.takenOver).toBe(false);
  const patched = ['--patch', patchFile('does-not-apply.patch')];
  const other = await start([...args, '--resume', '--backing', 'memfd', ...patched]);
  expect(other.stderr).toContain(`${first} runs again: the patch is another`);
  expect(other.exitCode).toBe(64);
  // Its own reports went with the row that they belonged to.
  expect(await readdir(path.join(out, 'debian-6.1'))).not.toContain('result.json');
});

test('what is wrong with a request is said before the first base runs', async () => {
  for (const wrong of [
    ['--base', first, '--base', 'debian:2.6'],
    ['--base', first, '--base', first],
    ['--base', first, '--base', 'tree:/no/such/tree'],
    ['matrix', '--check', 'pin-refuse'],
    ['matrix', '--patch', patchFile('not-a-patch.txt')],
    ['--base', first, 'matrix'],
  ]) {
    const run = await pinbench(wrong);
    expect(run.exitCode, wrong.join(' ')).toBe(64);
    expect(run.stderr, wrong.join(' ')).toMatch(/^ {2}hint: /m);
    expect(run.stderr).not.toContain('base 1 of');
    expect(await readdir(run.out)).toEqual([]);
  }
});
