import { describe, expect, test } from 'vitest';
import { BenchError, run, tryRun } from '../src/index.ts';

test('tryRun returns what a program said, whatever its exit code', async () => {
  const finished = await tryRun('sh', ['-c', 'echo out; echo err >&2; exit 3']);
  expect(finished).toMatchObject({ exitCode: 3, stdout: 'out', stderr: 'err' });
});

test('run turns a failure into an error with the last lines', async () => {
  const failing = run('sh', ['-c', 'echo why; exit 1']);
  await expect(failing).rejects.toBeInstanceOf(BenchError);
  await expect(failing).rejects.toMatchObject({
    message: 'sh -c failed with exit code 1',
    detail: ['why'],
  });
});

test('lines are handed on as they are printed, and kept all the same', async () => {
  const lines: string[] = [];
  const { all } = await tryRun('sh', ['-c', 'echo one; echo no >&2; printf "two\nthree"'], {
    onLine: (line) => lines.push(line),
  });
  expect(lines).toEqual(['one', 'two', 'three']);
  expect(all).toContain('one\n');
});

test('a program that is not there is named', async () => {
  await expect(run('no-such-program', [])).rejects.toThrow('no-such-program is not installed');
});

test('a program that takes too long is stopped and named', async () => {
  await expect(run('sleep', ['10'], { timeout: 50 })).rejects.toThrow(
    'sleep took too long and was stopped',
  );
});

test('an abort stops the program and rejects with its reason', async () => {
  const controller = new AbortController();
  const sleeping = run('sleep', ['10'], { signal: controller.signal });
  controller.abort(new Error('stopped by the user'));
  await expect(sleeping).rejects.toThrow('stopped by the user');
});

describe('a program that ends in order when it is told to', () => {
  const polite = ['-c', 'trap "exit 0" TERM; echo up; while :; do sleep 0.05; done'];

  test('was stopped by an abort all the same', async () => {
    const signal = AbortSignal.timeout(300);
    await expect(tryRun('sh', polite, { signal })).rejects.toThrow('aborted due to timeout');
  });

  test('and by its time limit', async () => {
    await expect(tryRun('sh', polite, { timeout: 300 })).rejects.toThrow(
      'sh took too long and was stopped',
    );
  });
});
