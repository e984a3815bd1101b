import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { RequestError, type Context } from '@pinbench/host';
import { describe, expect, test } from 'vitest';
import { readPatches } from '../src/index.ts';
import { parseNumstat } from '../src/patch.ts';
import { testContext } from './context.ts';

const diff = (name: string) =>
  `diff --git a/${name} b/${name}\n--- a/${name}\n+++ b/${name}\n@@ -1 +1 @@\n-old\n+new\n`;
const mail = `From 0000 Mon Sep 17 00:00:00 2001
From: A <a@b.test>
Subject: [PATCH v2 1/2] vfio: disable
 the pinning

It was wrong.
Subject: not this one
---
${diff('drivers/vfio/a.c')}-- 
2.39.5
`;

async function readText(text: string, context?: Context) {
  const at = context ?? (await testContext());
  const file = path.join(at.scratch, 'the.patch');
  await writeFile(file, text);
  return (await readPatches(at, [file]))[0]!;
}

const refusal = (text: string): Promise<RequestError> =>
  readText(text).then(
    () => Promise.reject(new Error('the patch was taken')),
    (error: unknown) => error as RequestError,
  );

test('a mail gives its subject and the files it touches', async () => {
  expect(await readText(mail)).toMatchObject({
    subject: 'vfio: disable the pinning',
    touches: ['drivers/vfio/a.c'],
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
});

test('a plain diff goes by the name of its file', async () => {
  expect(await readText(diff('a.c') + diff('b.c'))).toMatchObject({
    subject: 'the.patch',
    touches: ['a.c', 'b.c'],
  });
});

test('standard input is read once for all who ask, each with a scratch folder of its own', async () => {
  const stdin = Readable.from([Buffer.from(mail)]);
  const first = await readPatches(await testContext(), ['-'], stdin);
  const again = await readPatches(await testContext(), ['-'], stdin);
  expect(again.map(({ sha256 }) => sha256)).toEqual(first.map(({ sha256 }) => sha256));
});

describe('what a patch touches', () => {
  const [net, vfio] = ['drivers/net/a.c', 'drivers/vfio/a.c'];
  const move = (from: string, to: string) =>
    `diff --git a/${from} b/${to}\nsimilarity index 100%\nrename from ${from}\nrename to ${to}\n`;
  const added = `diff --git a/${vfio} b/${vfio}\nnew file mode 100644\n--- /dev/null\n+++ b/${vfio}\n@@ -0,0 +1 @@\n+x\n`;
  const deleted = `diff --git a/${vfio} b/${vfio}\ndeleted file mode 100644\n--- a/${vfio}\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n`;

  test.each([
    ['both names of a file moved in', move(net, vfio), [vfio, net]],
    ['both names of a file moved out', move(vfio, net), [net, vfio]],
    ['a file that it adds', added, [vfio]],
    ['a file that it deletes', deleted, [vfio]],
    [
      'not the copy that diff was made from',
      '--- a/a.c.orig\n+++ b/a.c\n@@ -1 +1 @@\n-old\n+new\n',
      ['a.c'],
    ],
  ])('is %s', async (_what, text, touches) => {
    expect((await readText(text)).touches).toEqual(touches);
  });
});

test('patches are kept in the order given', async () => {
  const { scratch, ...rest } = await testContext();
  const files = ['b', 'a'].map((name) => path.join(scratch, name));
  for (const file of files) await writeFile(file, diff(`${path.basename(file)}.c`));
  const patches = await readPatches({ scratch, ...rest }, files);
  expect(patches.map(({ touches }) => touches[0])).toEqual(['b.c', 'a.c']);
});

test('files are listed even inside of a repository that knows nothing of them', async () => {
  const context = await testContext();
  await mkdir(path.join(context.scratch, '.git/objects'), { recursive: true });
  await mkdir(path.join(context.scratch, '.git/refs'));
  await writeFile(path.join(context.scratch, '.git/HEAD'), 'ref: refs/heads/main\n');
  const sub = path.join(context.scratch, 'sub');
  await mkdir(sub);
  expect((await readText(diff('a.c'), { ...context, scratch: sub })).touches).toEqual(['a.c']);
});

test('a diff that was given CRLF line ends throughout is taken with LF, which is said', async () => {
  const notes: string[] = [];
  const context = await testContext();
  const note = (line: string): void => void notes.push(line);
  const { text } = await readText(diff('a.c').replaceAll('\n', '\r\n'), {
    ...context,
    progress: { ...context.progress, note },
  });
  expect(text).toBe(diff('a.c'));
  expect(notes).toEqual([expect.stringMatching(/the\.patch has CRLF line ends throughout/)]);
});

test('a diff of a file that has CRLF line ends is left as it is', async () => {
  const text = diff('a.c').replace('-old\n+new\n', '-old\r\n+new\r\n');
  expect((await readText(text)).text).toBe(text);
});

describe('refused, with a hint,', () => {
  test('a file that is not there', async () => {
    const context = await testContext();
    const file = path.join(context.scratch, 'nonesuch.patch');
    await expect(readPatches(context, [file])).rejects.toThrow(RequestError);
    await expect(readPatches(context, [file])).rejects.toThrow('there is no such file');
    await expect(readPatches(context, [context.scratch])).rejects.toThrow(
      'is a folder without patches',
    );
  });

  const absolute = '--- /dev/null\n+++ /etc/x\n@@ -0,0 +1 @@\n+x\n';
  const link =
    'diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc\n\\ No newline at end of file\n';
  const binary = `diff --git a/x.bin b/x.bin
new file mode 100644
index 0000000000000000000000000000000000000000..bdc955b7b2e610ad5a72302b139a2e6cb325519a
GIT binary patch
literal 2
JcmZQz1ONa700IC2

literal 0
HcmV?d00001

`;

  test.each([
    ['an empty file', ' \n', /is empty$/],
    ['UTF-16', Buffer.from(diff('a.c'), 'utf16le').toString('latin1'), /is not text in UTF-8$/],
    ['a text that is no patch', 'hello\n', /is not a patch$/],
    [
      'a patch that was cut off',
      diff('a.c').replace('+1 @@', '+1,4 @@'),
      /is damaged in the hunk @@ -1 \+1,4 @@$/,
    ],
    [
      'a way out of the tree',
      diff('drivers/../../x'),
      /reaches out of the kernel tree: drivers\/\.\.\//,
    ],
    ['an absolute path', absolute, /reaches out of the kernel tree: \/etc\/x/],
    ['a symbolic link', link, /makes a symbolic link$/],
    ['a binary file', binary, /changes x.bin as a binary file$/],
  ])('%s', async (_name, text, message) => {
    const error = await refusal(text);
    expect(error).toBeInstanceOf(RequestError);
    expect(error.message).toMatch(message);
    expect(error.hint).toBeDefined();
  });
});

test('names with blanks and tabs survive the listing', () => {
  expect(parseNumstat('1\t0\ta b.c\0-\t-\tx\ty.bin\0')).toEqual([
    { path: 'a b.c', binary: false },
    { path: 'x\ty.bin', binary: true },
  ]);
});

test('a plain diff goes by the name of its file', async () => {
  expect(await readText(diff('a.c'))).toMatchObject({ subject: 'the.patch', trailers: [] });
});
