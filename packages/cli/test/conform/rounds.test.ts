import { InterruptedError, silentProgress, type Context } from '@pinbench/host';
import { expect, test } from 'vitest';
import { burstOf, readConformRequest } from '../../src/conform/request.ts';
import { runRounds, sizesOf } from '../../src/conform/rounds.ts';
import { sequencesOf, usualBurst, type CheckContext } from '@pinbench/model';
import type { Lab } from '../../src/conform/lab.ts';

test.each([
  [1, [1]],
  [40, [40]],
  [100, [100]],
  [101, [100, 1]],
  [400, [100, 100, 100, 100]],
])('%d sequences are asked in rounds of %j, on whatever machine', (sequences, sizes) => {
  expect(sizesOf(sequences)).toEqual(sizes);
});

const kernel = { major: 6, minor: 1 };

test('the first sequences of a seed are the same, however many are asked', () => {
  expect(sequencesOf(7, 5, { kernel })).toEqual(sequencesOf(7, 20, { kernel }).slice(0, 5));
});

test('the sequences of every run are those of conform with the same seed and number', () => {
  const { what } = readConformRequest({
    ...{ base: 'debian:6.1', accel: 'auto', out: 'pinbench-out' },
    ...{ seed: String(usualBurst.seed), sequences: String(usualBurst.sequences) },
  });
  expect(what).toEqual(burstOf(usualBurst));
  expect(sizesOf(usualBurst.sequences)).toEqual([usualBurst.sequences]);
  const { seed, sequences } = usualBurst;
  expect(
    'length' in what && sequencesOf(seed, sequences, { kernel, maxLength: what.length }),
  ).toEqual(sequencesOf(seed, sequences, { kernel }));
});

test('a signal in the first round says that there is nothing to report', async () => {
  const signal = AbortSignal.abort(new InterruptedError('SIGINT'));
  const context = { signal, progress: silentProgress } as Context;
  const lab: Lab = {
    ask: () => Promise.reject(new Error('the guest is gone')),
    commandLine: () => [],
  };
  const course = {
    ...{ random: burstOf(usualBurst), variants: ['after'] as const },
    judge: () => expect.unreachable(),
    say: () => undefined,
  };
  const stopped = runRounds(context, lab, { kernel } as CheckContext, course);
  await expect(stopped).rejects.toThrow(
    'stopped by SIGINT before the first round of sequences was over: nothing to report',
  );
  await expect(stopped).rejects.toHaveProperty('exitCode', 130);
});
