import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from '@pinbench/host';
import { expect, test } from 'vitest';
import { readPatches, type Patch } from '../src/patch.ts';
import { testContext } from './context.ts';

/**
 * Each a folder with what the user gives, and in `expected.json` what is to be read from it: files by name, one after
 * the other, a folder `series` as one, and a file `stdin` as standard input.
 */
const cases = path.join(import.meta.dirname, 'cases/intake');

test.each(await readdir(cases))('%s', async (name) => {
  const folder = path.join(cases, name);
  const names = (await readdir(folder)).filter((each) => each !== 'expected.json').sort();
  const inputs = names.map((each) => (each === 'stdin' ? '-' : path.join(folder, each)));
  const stdin = names.includes('stdin') ? createReadStream(path.join(folder, 'stdin')) : undefined;
  const notes: string[] = [];
  const context = await noting(notes);
  const outcome = await readPatches(context, inputs, stdin).then(
    (patches) => ({ patches: patches.map((patch) => summary(patch, folder)) }),
    (error: unknown) => said(error, folder),
  );
  const all = { ...outcome, notes: notes.map((note) => without(folder, note)) };
  const text = `${JSON.stringify(all, undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot(path.join(folder, 'expected.json'));
});

async function noting(notes: string[]): Promise<Context> {
  const context = await testContext();
  const note = (line: string): void => void notes.push(line);
  return { ...context, progress: { ...context.progress, note } };
}

/** What is shown of a patch, and what it changes, decoded. */
function summary({ file, subject, author, series, upstream, ...patch }: Patch, folder: string) {
  return {
    file: without(folder, file),
    subject,
    author,
    series: series && `v${series.version} ${series.at}/${series.of}`,
    upstream,
    trailers: patch.trailers.map(({ key, value }) => `${key}: ${value}`),
    touches: patch.touches,
    changes: patch.text.split('\n').filter((line) => /^[-+](?!-- |\+\+ |- $)/.test(line)),
    suspect: patch.suspect,
  };
}

function said(error: unknown, folder: string) {
  const { name, message, hint, detail } = error as Record<string, string>;
  return { error: name, message: without(folder, message ?? ''), hint, detail };
}

const without = (folder: string, text: string) => text.replaceAll(`${folder}/`, '');
