import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { RequestError, run, type Context } from '@pinbench/host';
import { describe, expect, test } from 'vitest';
import { applyPatch } from '../src/apply.ts';
import { readPatches, type Patch } from '../src/patch.ts';
import { testContext } from './context.ts';

const name = 'drivers/vfio/a.c';
const lines = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`);
const withLine = (number: number, text: string) =>
  lines.map((line, index) => (index === number - 1 ? text : line));
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

async function refusal(content: string, text = patchText): Promise<RequestError> {
  const at = await bench(content, text);
  const error: unknown = await apply(at).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RequestError);
  expect(await result(at)).toBe(content);
  return error as RequestError;
}

describe('a patch applies', () => {
  test('cleanly', async () => {
    const at = await bench(asFile(lines));
    expect(await apply(at)).toEqual({ applied: 'clean' });
    expect(await result(at)).toBe(asFile(withLine(10, 'line ten')));
  });

  test('with an offset, where lines were added above', async () => {
    const at = await bench(asFile(['new', 'new', ...lines]));
    expect(await apply(at)).toMatchObject({ applied: 'with-offset', hunks: [{ offset: 2 }] });
    expect(await result(at)).toContain('line ten');
  });

  test('with fuzz, where only the outer lines of context differ', async () => {
    const at = await bench(asFile(withLine(7, 'changed')));
    expect(await apply(at)).toMatchObject({
      applied: 'with-fuzz',
      hunks: [{ offset: 0, fuzz: 1 }],
    });
    expect(await result(at)).toContain('line ten');
  });

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
  test('that is already applied', async () => {
    const { message } = await refusal(asFile(withLine(10, 'line ten')));
    expect(message).toMatch(/is already applied in debian:0/);
  });

  test('that only adds lines, and is already applied', async () => {
    const text = `--- a/${name}\n+++ b/${name}\n@@ -9,2 +9,3 @@\n line 9\n+line nine and a half\n line 10\n`;
    const content = asFile(
      lines.flatMap((line) => (line === 'line 9' ? [line, 'line nine and a half'] : [line])),
    );
    expect((await refusal(content, text)).message).toMatch(/is already applied/);
  });

  test('with file, hunk and first line that differs, when it was made for another kernel', async () => {
    const error = await refusal(asFile(withLine(10, 'another line')));
    expect(error.message).toContain(
      `does not apply to debian:0 (0-1): ${name}, @@ -7,7 +7,7 @@ static int somewhere(void)`,
    );
    expect(error.hint).toBe('the patch was made for another kernel than debian:0 (0-1)');
    expect(error.detail).toEqual([
      `the first line that differs is ${name}:10`,
      '  the patch expects: line 10',
      '  the file has:      another line',
    ]);
  });

  test('with the likely cause, when a mail program changed its tabs', async () => {
    const error = await refusal(asFile(lines).replaceAll('line ', 'line\t'));
    expect(error.hint).toMatch(/^white space was changed/);
  });

  test('with the likely cause, when its lines end as on Windows', async () => {
    const body = patchText.replace(/^([ +-](?!-- |\+\+ ).*)$/gm, '$1\r');
    const error = await refusal(asFile(lines), body);
    expect(error.hint).toMatch(/CRLF/);
    expect(error.detail[1]).toBe('  the patch expects: line 7^M');
  });

  test('with the likely cause, when one of its hunks is in already', async () => {
    const second = '@@ -17,2 +17,2 @@\n line 17\n-line 18\n+line eighteen\n';
    const content = asFile(withLine(10, 'line ten'));
    const error = await refusal(content, patchText + second);
    expect(error.hint).toMatch(/partly applied$/);
    expect(error.message).toContain('@@ -7,7 +7,7 @@');
  });

  test('that changes a file which is not there', async () => {
    const error = await refusal(asFile(lines), patchText.replaceAll(name, 'drivers/vfio/none.c'));
    expect(error.message).toContain('debian:0 (0-1) has no file drivers/vfio/none.c');
  });

  test('that makes a file which is there', async () => {
    const text = `diff --git a/${name} b/${name}\nnew file mode 100644\n--- /dev/null\n+++ b/${name}\n@@ -0,0 +1 @@\n+x\n`;
    expect((await refusal(asFile(lines), text)).message).toContain(`already has ${name}`);
  });

  test('that goes through a symbolic link of the tree', async () => {
    const at = await bench(asFile(lines), patchText.replaceAll('drivers/', 'link/'));
    await symlink('drivers', path.join(at.tree, 'link'));
    await expect(apply(at)).rejects.toThrow(
      /reaches link\/vfio\/a.c through the symbolic link link$/,
    );
    expect(await result(at)).toBe(asFile(lines));
  });
});
