import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { digest, RequestError, type Context } from '@pinbench/host';

/** A file with patches: what the user calls it, and where it is. */
export type InputFile = { name: string; place: string };

/** The same, read: unpacked where it was packed, and a file of our own, so that git can read it again. */
export type InputText = InputFile & { text: string };

/**
 * A folder's patches, standard input as a file, or the file itself.
 * @throws RequestError for a folder without patches.
 */
export async function filesOf(
  context: Context,
  input: string,
  stdin: AsyncIterable<Buffer>,
): Promise<InputFile[]> {
  if (input === '-') {
    const place = path.join(context.scratch, 'standard-input');
    await writeFile(place, await wholeOf(stdin));
    return [{ name: 'standard input', place }];
  }
  const names = await readdir(input).catch(() => undefined);
  if (names === undefined) return [{ name: input, place: path.resolve(input) }];
  const patches = names.filter((name) => /\.(patch|diff|eml|mbox|mbx)(\.gz)?$/.test(name)).sort();
  if (patches.length > 0) {
    return patches.map((name) => ({
      name: path.join(input, name),
      place: path.resolve(input, name),
    }));
  }
  throw new RequestError(`${input} is a folder without patches`, {
    hint: 'pinbench takes its files that end in .patch, .diff, .eml, .mbox or .mbx (or those and .gz), by name',
  });
}

const read = new WeakMap<AsyncIterable<Buffer>, Promise<Buffer>>();

/** What comes on standard input can be read but once, and every base of a matrix asks for it. */
function wholeOf(stdin: AsyncIterable<Buffer>): Promise<Buffer> {
  const whole = read.get(stdin) ?? buffer(stdin);
  read.set(stdin, whole);
  return whole;
}

/** @throws RequestError for what is not there, is empty, cannot be unpacked or is not text. */
export async function readInput(context: Context, { name, place }: InputFile): Promise<InputText> {
  const bytes = await readFile(place).catch((error: unknown) => {
    throw unreadable(name, error as NodeJS.ErrnoException);
  });
  const plain = withoutMark(await unpacked(name, bytes));
  const text = plain.toString('utf8');
  if (text.trim() === '')
    throw new RequestError(`${name} is empty`, { hint: 'give a file made with git format-patch' });
  if (text.includes('\0'))
    throw new RequestError(`${name} is not text in UTF-8`, {
      hint: 'PowerShell makes UTF-16 of `git diff > FILE`: use `git diff --output=FILE`',
    });
  if (/^\s*<(!doctype html|html)\b/i.test(text))
    throw new RequestError(`${name} is a web page`, {
      hint: 'mail archives show a patch as a page, with a link to it as it was sent: "raw" or "mbox.gz"',
    });
  return { name, text, place: await keep(context, plain) };
}

/** A pipe can be read but once: what was read is laid where git finds it. */
async function keep(context: Context, bytes: Buffer): Promise<string> {
  const place = path.join(context.scratch, `${digest(bytes.toString('latin1'))}.input`);
  await writeFile(place, bytes);
  return place;
}

/** No kernel series comes near this; what does is made to fill the memory. */
const largestUnpacked = 256 * 2 ** 20;

async function unpacked(name: string, bytes: Buffer): Promise<Buffer> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  return promisify(gunzip)(bytes, { maxOutputLength: largestUnpacked }).catch((error: unknown) => {
    throw new RequestError(`${name} cannot be unpacked: ${(error as Error).message}`, {
      hint: 'it begins like a gzip file; was it loaded whole?',
      cause: error,
    });
  });
}

/** The byte order mark that Windows programs write at the front of UTF-8. */
const withoutMark = (bytes: Buffer): Buffer =>
  bytes.subarray(bytes.subarray(0, 3).equals(Buffer.from('\ufeff')) ? 3 : 0);

function unreadable(file: string, error: NodeJS.ErrnoException): RequestError {
  const why = { ENOENT: 'there is no such file', EISDIR: 'it is a folder' }[error.code ?? ''];
  return new RequestError(`cannot read the patch ${file}: ${why ?? error.message}`, {
    hint: 'give --patch the path of a patch file',
    cause: error,
  });
}

/** True if every line ends with CRLF, also those that git writes itself: then it was the patch that was converted. */
export const isAllCrLf = (text: string): boolean =>
  text.includes('\r\n') && !/(^|[^\r])\n/.test(text);

/** The patch as it was before something on its way, Windows or a web form, gave it CRLF line ends. */
export async function withLf(context: Context, { name, text }: InputText): Promise<string> {
  context.progress.note(`${name} has CRLF line ends throughout: it is taken with LF`);
  return keep(context, Buffer.from(text.replaceAll('\r\n', '\n')));
}
