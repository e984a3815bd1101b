import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readPatches } from '../src/index.ts';
import { looksLikeMail } from '../src/mime.ts';
import { testContext } from './context.ts';

/** What is read from mails of all kinds is in cases/intake. */
const diff = 'diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-old\n+new\n';
const mail = `From: Ann Author <ann@example.org>\nSubject: [PATCH] x\n\nWhy.\n---\n${diff}-- \n2.39.5\n`;

test('what begins like a mail is told from a diff', () => {
  expect(looksLikeMail(mail)).toBe(true);
  expect(looksLikeMail(diff)).toBe(false);
  expect(looksLikeMail(`Index: a.c\n${diff}`)).toBe(false);
  expect(looksLikeMail(`A comment.\n\nSubject: in the text\n${diff}`)).toBe(false);
});

test('a mail without an author is still a patch', async () => {
  const { scratch, ...rest } = await testContext();
  await writeFile(path.join(scratch, 'the.eml'), mail.replace(/^From:.*\n/, ''));
  const [patch] = await readPatches({ scratch, ...rest }, [path.join(scratch, 'the.eml')]);
  expect(patch).toMatchObject({ subject: 'x', touches: ['a.c'] });
  expect(patch).not.toHaveProperty('author');
});

test('a folder that holds none is refused', async () => {
  const { scratch, ...rest } = await testContext();
  await mkdir(path.join(scratch, 'empty'));
  await writeFile(path.join(scratch, 'empty/readme'), 'x');
  const read = readPatches({ scratch, ...rest }, [path.join(scratch, 'empty')]);
  await expect(read).rejects.toThrow('is a folder without patches');
});
