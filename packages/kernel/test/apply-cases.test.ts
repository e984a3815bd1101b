import { cp, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { applySeries } from '../src/apply-series.ts';
import { readPatches } from '../src/patch.ts';
import { PatchRefused } from '../src/refusal.ts';
import { testContext } from './context.ts';

/**
 * Each a folder: the patches (by name), in `expected.json` what is to be said and done, and a `tree/` where the tree is
 * not the one that most patches are for.
 */
const cases = path.join(import.meta.dirname, 'cases/apply');
const usualTree = path.join(import.meta.dirname, 'cases/tree');

test.each(await readdir(cases))('%s', async (name) => {
  const context = await testContext();
  const folder = path.join(cases, name);
  const tree = path.join(context.scratch, 'tree');
  const names = await readdir(folder);
  const ground = names.includes('tree') ? path.join(folder, 'tree') : usualTree;
  await cp(ground, tree, { recursive: true });
  const inputs = names.filter((each) => /\.(patch|mbox)$/.test(each)).sort();
  const patches = await readPatches(
    context,
    inputs.map((each) => path.join(folder, each)),
  );
  const named = patches.map((patch) => ({ ...patch, file: path.basename(patch.file) }));
  const options = { base: 'the tree', leaveOut: () => false };
  const outcome = await applySeries(context, tree, named, options).then(
    (applied) => ({ applied }),
    (error: unknown) => {
      if (!(error instanceof PatchRefused)) throw error;
      const { refusal, message, hint, detail } = error;
      const cause = 'misfit' in refusal ? { cause: refusal.misfit.cause } : {};
      return { refusal: { outcome: refusal.outcome, ...cause }, message, hint, detail };
    },
  );
  const done = { ...outcome, changed: await changed(ground, tree) };
  const text = `${JSON.stringify(done, undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot(path.join(folder, 'expected.json'));
});

/** The lines that a tree has and another has not, as `file:line: text`, and the files that are gone. */
async function changed(before: string, after: string): Promise<string[]> {
  const [old, now] = [await readTree(before), await readTree(after)];
  const gone = [...old.keys()].filter((file) => !now.has(file)).map((file) => `${file} is gone`);
  const lines = [...now].flatMap(([file, text]) => {
    const had = new Set(old.get(file)?.split('\n'));
    return text
      .split('\n')
      .map((line, index) => ({ line, at: `${file}:${index + 1}` }))
      .filter(({ line }) => !had.has(line))
      .map(({ line, at }) => `${at}: ${line}`);
  });
  return [...gone, ...lines];
}

async function readTree(top: string): Promise<Map<string, string>> {
  const entries = await readdir(top, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Map(
    await Promise.all(
      files.map(async ({ name, parentPath }) => {
        const file = path.join(parentPath, name);
        return [path.relative(top, file), await readFile(file, 'utf8')] as const;
      }),
    ),
  );
}
