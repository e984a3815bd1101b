import { RequestError } from '@pinbench/host';
import { expect, test } from 'vitest';
import { makeProgram } from '../src/program.ts';

test.each([
  [['--no-such'], '--help'],
  [['conform', '--no-such'], 'conform --help'],
  [['conform', '--seed'], 'conform --help'],
  [['conform', '--accel'], 'conform --help'],
  [['status'], 'status --help'],
  [['model', '--no-such'], 'model --help'],
  [['model', 'explore', '--no-such'], 'model explore --help'],
])('what is wrong with %j is found in the help of its command', async (words, help) => {
  const program = makeProgram(new AbortController().signal, () => undefined);
  const error: unknown = await program.parseAsync(words, { from: 'user' }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(RequestError);
  expect(error).toHaveProperty('hint', `\`npm run qemu:test -- ${help}\` lists the options`);
});
