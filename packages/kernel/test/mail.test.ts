import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from '@pinbench/host';
import { describe, expect, test } from 'vitest';
import { applyPatch } from '../src/apply.ts';
import { readPatches } from '../src/index.ts';
import { looksLikeMail } from '../src/mail.ts';
import { testContext } from './context.ts';

const diff = (name: string): string =>
  [
    `diff --git a/${name} b/${name}`,
    `--- a/${name}`,
    `+++ b/${name}`,
    '@@ -1 +1 @@',
    '-old',
    '+new, Größe',
    '',
  ].join('\n');

const body = (
  name: string,
  message = 'Why.\n\nFixes: d475c6346a38 ("x")\nCc: stable@vger.kernel.org',
): string => `${message}\n---\n${diff(name)}-- \n2.39.5\n`;

const head = (subject: string, ...more: string[]): string =>
  [
    'From: Ann Author <ann@example.org>',
    'Date: Mon, 5 Jan 2026 12:00:00 +0000',
    `Subject: ${subject}`,
    ...more,
    '',
    '',
  ].join('\n');

const mail = (subject: string, name: string): string => head(subject) + body(name);
const inMbox = (text: string): string => `From mboxrd@z Thu Jan  1 00:00:00 1970\n${text}\n`;

async function read(files: Record<string, string>, ...inputs: string[]) {
  return readIn(await testContext(), files, ...inputs);
}

async function readIn(context: Context, files: Record<string, string>, ...inputs: string[]) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(context.scratch, name)), { recursive: true });
    await writeFile(path.join(context.scratch, name), text);
  }
  return readPatches(
    context,
    inputs.map((input) => path.join(context.scratch, input)),
  );
}

const readOne = async (text: string) => (await read({ 'the.eml': text }, 'the.eml'))[0]!;

describe('one mail', () => {
  test('gives subject, author, trailers and what it touches', async () => {
    expect(await readOne(mail('[PATCH v2] vfio: a fix', 'drivers/vfio/a.c'))).toMatchObject({
      subject: 'vfio: a fix',
      author: 'Ann Author <ann@example.org>',
      trailers: [
        { key: 'Fixes', value: 'd475c6346a38 ("x")' },
        { key: 'Cc', value: 'stable@vger.kernel.org' },
      ],
      touches: ['drivers/vfio/a.c'],
    });
  });

  test.each([
    ['8bit', (text: string) => text],
    ['quoted-printable', quotedPrintable],
    [
      'base64',
      (text: string) => `${Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n')}\n`,
    ],
  ])('is decoded from %s', async (encoding, encode) => {
    const { text, touches } = await readOne(
      head(
        '[PATCH] =?UTF-8?q?vfio:_Gr=C3=B6=C3=9Fe?=',
        'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=UTF-8',
        `Content-Transfer-Encoding: ${encoding}`,
      ) + encode(body('drivers/vfio/a.c')),
    );
    expect(touches).toEqual(['drivers/vfio/a.c']);
    expect(text).toContain('+new, Größe\n');
  });

  test('with an encoded subject gives it in plain words', async () => {
    expect((await readOne(mail('[PATCH] =?UTF-8?q?vfio:_Gr=C3=B6=C3=9Fe?=', 'a.c'))).subject).toBe(
      'vfio: Größe',
    );
  });

  test('with CRLF line ends is read like any other', async () => {
    const { text } = await readOne(mail('[PATCH] x', 'a.c').replaceAll('\n', '\r\n'));
    expect(text).toContain('+new, Größe\n');
    expect(text).not.toContain('\r');
  });

  test.each([
    ['base64', (text: string) => `${Buffer.from(text).toString('base64')}\n`],
    ['quoted-printable', quotedPrintable],
  ])(
    'with the patch attached, in %s, gives it without what is around it',
    async (encoding, encode) => {
      const part = (type: string, ...lines: string[]) =>
        ['--b', `Content-Type: ${type}`, ...lines, ''].join('\n');
      const text = [
        head('[PATCH] vfio: x', 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="b"'),
        part('text/plain', '', 'See below.', '', 'Fixes: d475c6346a38 ("x")'),
        part(
          'text/x-patch; name="0001.patch"; charset=UTF-8',
          `Content-Transfer-Encoding: ${encoding}`,
          'Content-Disposition: attachment; filename="0001.patch"',
          '',
          encode(diff('drivers/vfio/a.c')),
        ),
        part('text/plain', '', '____', 'The list.'),
        '--b--\n',
      ].join('');
      expect(await readOne(text)).toMatchObject({
        touches: ['drivers/vfio/a.c'],
        trailers: [{ key: 'Fixes' }],
        text: expect.stringContaining('+new, Größe\n') as string,
      });
    },
  );

  test('without an author is still a patch', async () => {
    const patch = await readOne(`Subject: [PATCH] x\n\n${body('a.c')}`);
    expect(patch.subject).toBe('x');
    expect(patch).not.toHaveProperty('author');
  });

  test('without a diff is not a patch', async () => {
    await expect(readOne(`${head('Re: [PATCH] x')}Reviewed-by: me\n`)).rejects.toThrow(
      'is not a patch',
    );
  });
});

describe('what a mail program did to a patch is said when it is damaged', () => {
  const flowed = head('[PATCH] x', 'Content-Type: text/plain;', ' charset=UTF-8; format=flowed');
  const lines = '--- a/a.c\n+++ b/a.c\n@@ -1,2 +1,2 @@\n keep\n-old\n+new\n';

  test('format=flowed as RFC 3676 has it is undone', async () => {
    const stuffed = lines.replace(' keep', '  keep').replace('+new', '+new \nwords');
    const { text } = await readOne(`${flowed}Why.\n---\n${stuffed}-- \n2.39.5\n`);
    expect(text).toContain('\n keep\n-old\n+new words\n');
  });

  test('format=flowed as it should not be is named', async () => {
    const wrapped = lines.replace('+new', '+new\nwords');
    await expect(readOne(`${flowed}Why.\n---\n${wrapped}-- \n2.39.5\n`)).rejects.toMatchObject({
      message: expect.stringMatching(/is damaged at line \d+$/) as string,
      hint: expect.stringMatching(/sent as format=flowed.* re-wrapped/) as string,
    });
  });

  test('so is a second copy of the patch in HTML, which fits the kernel no more', async () => {
    const text = [
      head('[PATCH] x', 'MIME-Version: 1.0', 'Content-Type: multipart/alternative; boundary=b'),
      `--b\nContent-Type: text/plain\n\n${lines}`,
      `--b\nContent-Type: text/html\n\n<pre>\n${lines}</pre>\n--b--\n`,
    ].join('');
    const context = await testContext();
    const [patch] = await readIn(
      context,
      { 'the.eml': text, 'tree/a.c': 'keep\nold\n' },
      'the.eml',
    );
    const tree = path.join(context.scratch, 'tree');
    await expect(applyPatch(context, tree, patch!, { base: 'debian:0' })).rejects.toMatchObject({
      hint: expect.stringMatching(/a second time, as HTML/) as string,
    });
  });
});

describe('a series', () => {
  const series = [
    inMbox(`${head('[PATCH v3 0/2] vfio: the cover letter')}What it is about.\n`),
    inMbox(mail('[PATCH v3 2/2] vfio: second', 'b.c')),
    inMbox(`${head('Re: [PATCH v3 1/2] vfio: first')}> a quote\n\nLooks good.\n`),
    inMbox(mail('[PATCH v3 1/2] vfio: first', 'a.c')),
  ];

  test('in an mbox comes in its own order, without cover letter and replies', async () => {
    const patches = await read({ 'the.mbox': series.join('') }, 'the.mbox');
    expect(patches.map(({ subject }) => subject)).toEqual(['vfio: first', 'vfio: second']);
  });

  test('that lacks a patch is refused, with its number', async () => {
    const lacking = series.slice(0, 2).join('') + inMbox(mail('[PATCH v3 3/3] other', 'c.c'));
    const three = lacking.replace('2/2', '2/3');
    await expect(read({ 'the.mbox': three }, 'the.mbox')).rejects.toThrow(
      /is a series of 3 patches, and 1\/3 is not in it/,
    );
  });

  test('as b4 am saves it comes as it stands', async () => {
    const b4 = (text: string): string => `From git@z Thu Jan  1 00:00:00 1970\n${text}\n`;
    const plain = 'Content-Type: text/plain; charset="utf-8"\nContent-Transfer-Encoding: 8bit';
    const mails = ['a.c', 'b.c'].map((name, index) =>
      b4(head(`[PATCH v3 ${index + 1}/2] ${name}`, 'MIME-Version: 1.0', plain) + body(name)),
    );
    const patches = await read({ 'v3.mbx': mails.join('') }, 'v3.mbx');
    expect(patches.map(({ touches }) => touches)).toEqual([['a.c'], ['b.c']]);
  });

  test('is taken without the diff of a reply, which is said', async () => {
    const notes: string[] = [];
    const context = await testContext();
    const note = (line: string): void => void notes.push(line);
    const reply = inMbox(mail('Re: [PATCH v3 1/2] vfio: first', 'c.c'));
    const patches = await readIn(
      { ...context, progress: { ...context.progress, note } },
      { 'the.mbox': [...series, reply].join('') },
      'the.mbox',
    );
    expect(patches.map(({ touches }) => touches)).toEqual([['a.c'], ['b.c']]);
    expect(notes).toEqual(['the diff in a reply to "vfio: first" is left out']);
  });

  test('in a folder comes by name', async () => {
    const files = {
      'series/0002-b.patch': mail('[PATCH 2/2] b', 'b.c'),
      'series/0001-a.patch': mail('[PATCH 1/2] a', 'a.c'),
      'series/cover.txt': 'not a patch',
    };
    const patches = await read(files, 'series');
    expect(patches.map(({ subject }) => subject)).toEqual(['a', 'b']);
  });

  test('in an empty folder is refused', async () => {
    await expect(read({ 'empty/readme': 'x' }, 'empty')).rejects.toThrow(
      'is a folder without patches',
    );
  });
});

test('what begins like a mail is told from a diff', () => {
  expect(looksLikeMail(mail('x', 'a.c'))).toBe(true);
  expect(looksLikeMail(diff('a.c'))).toBe(false);
  expect(looksLikeMail(`Index: a.c\n${diff('a.c')}`)).toBe(false);
  expect(looksLikeMail(`A comment.\n\nSubject: in the text\n${diff('a.c')}`)).toBe(false);
});

function quotedPrintable(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) =>
      (byte >= 33 && byte <= 126 && byte !== 61) || byte === 10 || byte === 32
        ? String.fromCharCode(byte)
        : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('');
}
