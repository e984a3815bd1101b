import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPatches } from '../src/index.ts';
import { looksLikeMail, numberIn, withoutTag } from '../src/mail.ts';
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
  const context = await testContext();
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

  test('without a diff is not a patch', async () => {
    await expect(readOne(`${head('Re: [PATCH] x')}Reviewed-by: me\n`)).rejects.toThrow(
      'is not a patch',
    );
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

test.each([
  ['[PATCH v3 2/5] vfio: x', { at: 2, of: 5 }, 'vfio: x'],
  ['[PATCH stable 4.14 10/12] vfio: x', { at: 10, of: 12 }, 'vfio: x'],
  ['Re: [PATCH] vfio: x [1/2]', undefined, 'vfio: x [1/2]'],
  ['vfio: 1/2 of it', undefined, 'vfio: 1/2 of it'],
])('%s', (subject, number, plain) => {
  expect(numberIn(subject)).toEqual(number);
  expect(withoutTag(subject)).toBe(plain);
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
