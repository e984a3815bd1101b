import PostalMime, { type Attachment, type Email } from 'postal-mime';

/**
 * The mails in a mail, as git mailinfo can read them: it takes every part of a multipart mail for text, HTML and
 * signatures too, and leaves the diff in the encoding of the mail. The plain text and attached diffs become one mail in
 * UTF-8, attached mails (git format-patch files) one each; what was signed in the text comes without the armour.
 */
export async function unwrap(raw: Buffer): Promise<Buffer[]> {
  const text = raw.toString('latin1');
  if (isSimple(text)) return [raw];
  const from = /^From .*\r?\n/.exec(text)?.[0] ?? '';
  const email = await PostalMime.parse(raw.subarray(from.length), { forceRfc822Attachments: true });
  const patches = email.attachments.map(bytesOf).filter((bytes) => hasDiff(bytes.toString('utf8')));
  const mails = patches.filter((bytes) => looksLikeMail(bytes.toString('utf8')));
  const diffs = patches.filter((bytes) => !mails.includes(bytes));
  const inner = (await Promise.all(mails.flatMap(splitFormatted).map(unwrap))).flat();
  const body = unarmoured(email.text ?? '');
  return inner.length > 0 && diffs.length === 0 && !hasDiff(body)
    ? inner
    : [simple(email, body, diffs), ...inner];
}

/** What `git format-patch --stdout` wrote, by patch. */
const splitFormatted = (bytes: Buffer): Buffer[] =>
  bytes
    .toString('latin1')
    .split(/^(?=From [0-9a-f]{40} Mon Sep 17 00:00:00 2001\r?$)/m)
    .map((text) => Buffer.from(text, 'latin1'));

/** True for what begins like a mail or an mbox and not like a diff. */
export function looksLikeMail(text: string): boolean {
  const [head = ''] = text.split(/\r?\n\r?\n/, 1);
  return /^(From|Subject): /im.test(head) && !/^(diff |--- |Index: )/m.test(head);
}

export const hasDiff = (text: string): boolean => /^(diff --git |--- \S.*\r?\n\+\+\+ )/m.test(text);

function isSimple(text: string): boolean {
  const [head = ''] = text.split(/\r?\n\r?\n/, 1);
  const type = /^content-type:.*(?:\r?\n[ \t].*)*/im.exec(head)?.[0] ?? '';
  const [, charset = 'utf-8'] = /charset="?([\w-]+)/i.exec(type) ?? [];
  return (
    !/^content-type:\s*multipart\//i.test(type) &&
    /^(utf-?8|us-ascii)$/i.test(charset) &&
    !armour.test(text)
  );
}

const bytesOf = ({ content }: Attachment): Buffer =>
  typeof content === 'string' ? Buffer.from(content) : Buffer.from(content as Uint8Array);

/** A mail of plain text, with diffs below the message. */
function simple({ headerLines }: Email, body: string, diffs: readonly Buffer[]): Buffer {
  const head = headerLines
    .filter(({ key }) => !key.startsWith('content-') && key !== 'mime-version')
    .map(({ line }) => line);
  const mime = [
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=UTF-8',
    'Content-Transfer-Encoding: 8bit',
  ];
  const lines = `${[...head, ...mime].join('\n')}\n\n${body}`;
  if (diffs.length === 0) return Buffer.from(lines);
  const [message = ''] = lines.split(/\n(?:-- |_{20,})\n/, 1);
  return Buffer.concat([
    Buffer.from(`${message}\n---\n`),
    ...diffs.flatMap((diff) => [diff, newline]),
  ]);
}

const newline = Buffer.from('\n');

const armour = /^-----BEGIN PGP SIGNED MESSAGE-----\s*$/m;

/** The text that was signed: without its frame, and with the dashes that RFC 4880, 7.1 sets `- ` in front of. */
function unarmoured(text: string): string {
  if (!armour.test(text)) return text;
  const [, signed = ''] = text.split(armour, 2);
  const [inner = ''] = signed.split(/^-----BEGIN PGP SIGNATURE-----\s*$/m, 1);
  return inner.replace(/^\s*(?:Hash: .*\r?\n)+\s*?\n/, '').replace(/^- /gm, '');
}
