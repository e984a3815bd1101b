import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { digest, RequestError, type Context } from '@pinbench/host';

/** A file with patches: what the user calls it, and where it is. */
export type InputFile = { name: string; place: string };

/**
 * A folder's patches, standard input as a file, or the file itself.
 * @throws RequestError for a folder without patches.
 */
export async function filesOf(context: Context, input: string): Promise<InputFile[]> {
  if (input === '-') {
    const place = path.join(context.scratch, 'standard-input');
    await writeFile(place, await readStandardInput());
    return [{ name: 'standard input', place }];
  }
  const names = await readdir(input).catch(() => undefined);
  if (names === undefined) return [{ name: input, place: path.resolve(input) }];
  const patches = names.filter((name) => /\.(patch|diff|eml|mbox|mbx)$/.test(name)).sort();
  if (patches.length > 0) {
    return patches.map((name) => ({
      name: path.join(input, name),
      place: path.resolve(input, name),
    }));
  }
  throw new RequestError(`${input} is a folder without patches`, {
    hint: 'pinbench takes its files that end in .patch, .diff, .eml or .mbox, by name',
  });
}

let standardInput: Promise<Buffer> | undefined;

/** It can be read only once, and several bases may want it. */
const readStandardInput = (): Promise<Buffer> => (standardInput ??= buffer(process.stdin));

/** @throws RequestError for what is not there, is empty or is not text. */
export async function readText({ name, place }: InputFile): Promise<string> {
  const text = await readFile(place, 'utf8').catch((error: unknown) => {
    throw unreadable(name, error as NodeJS.ErrnoException);
  });
  if (text.trim() === '')
    throw new RequestError(`${name} is empty`, { hint: 'give a file made with git format-patch' });
  if (text.includes('\0'))
    throw new RequestError(`${name} is not text in UTF-8`, {
      hint: 'PowerShell makes UTF-16 of `git diff > FILE`: use `git diff --output=FILE`',
    });
  return text;
}

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
export async function withLf(context: Context, name: string, text: string): Promise<string> {
  const place = path.join(context.scratch, `${digest(text)}.diff`);
  await writeFile(place, text.replaceAll('\r\n', '\n'));
  context.progress.note(`${name} has CRLF line ends throughout: it is taken with LF`);
  return place;
}
