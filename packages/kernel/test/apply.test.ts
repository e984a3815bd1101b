import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run, type Context } from '@pinbench/host';
import { describe, expect, test } from 'vitest';
import { applyPatch } from '../src/apply.ts';
import { readPatches, type Patch } from '../src/patch.ts';
import { testContext } from './context.ts';

const name = 'drivers/vfio/a.c';
const lines = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`);
const asFile = (text: readonly string[]) => `${text.join('\n')}\n`;

/** Replaces line 10 and knows three lines around it. */
const patchText = `diff --git a/${name} b/${name}
--- a/${name}
+++ b/${name}
@@ -7,7 +7,7 @@ static int somewhere(void)
 line 7
 line 8
 line 9
-line 10
+line ten
 line 11
 line 12
 line 13
`;

type Bench = { context: Context; tree: string; patch: Patch };

async function bench(content: string, text = patchText): Promise<Bench> {
  const context = await testContext();
  const tree = path.join(context.scratch, 'tree');
  await mkdir(path.dirname(path.join(tree, name)), { recursive: true });
  await writeFile(path.join(tree, name), content);
  await writeFile(path.join(context.scratch, 'the.patch'), text);
  const [patch] = await readPatches(context, [path.join(context.scratch, 'the.patch')]);
  return { context, tree, patch: patch! };
}

const apply = ({ context, tree, patch }: Bench, leaveOut: string[] = []) =>
  applyPatch(context, tree, patch, { base: 'debian:0 (0-1)', leaveOut });

const result = ({ tree }: Bench) => readFile(path.join(tree, name), 'utf8');

/** How patches fit, and why not, is in cases/apply. */
describe('a patch applies', () => {
  test('inside of a repository that does not have the file', async () => {
    const at = await bench(asFile(lines));
    await run('git', ['init', '-q', at.context.scratch]);
    expect(await apply(at)).toEqual({ applied: 'clean' });
    expect(await result(at)).toContain('line ten');
  });

  test('without the files it is told to leave out', async () => {
    const doc = '--- a/Documentation/x.rst\n+++ b/Documentation/x.rst\n@@ -1 +1 @@\n-a\n+b\n';
    const at = await bench(asFile(lines), patchText + doc);
    expect(await apply(at, ['Documentation/x.rst'])).toEqual({ applied: 'clean' });
    expect(await result(at)).toContain('line ten');
  });
});

describe('a patch is refused', () => {
  test('that goes through a symbolic link of the tree', async () => {
    const at = await bench(asFile(lines), patchText.replaceAll('drivers/', 'link/'));
    await symlink('drivers', path.join(at.tree, 'link'));
    await expect(apply(at)).rejects.toThrow(
      /reaches link\/vfio\/a.c through the symbolic link link$/,
    );
    expect(await result(at)).toBe(asFile(lines));
  });
});
