import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, repositoryRoot } from '@pinbench/host';
import { z } from 'zod';

/** Entries that pinbench keeps as data: a folder of JSON files, each named after the id of the one that it holds. */
export type Entries<T> = {
  /** Reads all of them. @throws BenchError for one that is not as it should be. */
  read: () => Promise<T[]>;
  /** @throws BenchError for a value that is no such entry, or the one of another file. */
  parse: (file: string, value: unknown) => T;
};

/** @param folder as seen from the top of the repository */
export function entriesIn<T extends { id: string }>(
  folder: string,
  schema: z.ZodType<T>,
): Entries<T> {
  const place = path.join(repositoryRoot, folder);
  const parse = (file: string, value: unknown): T => {
    const parsed = schema.safeParse(value);
    if (parsed.success && `${parsed.data.id}.json` === file) return parsed.data;
    throw new BenchError(`${folder}/${file} is not as it should be`, {
      detail: parsed.success
        ? [`its id is ${parsed.data.id}`]
        : z.prettifyError(parsed.error).split('\n'),
    });
  };
  const readOne = async (file: string): Promise<T> =>
    parse(file, JSON.parse(await readFile(path.join(place, file), 'utf8')));
  const read = async (): Promise<T[]> => {
    const files = (await readdir(place)).filter((file) => file.endsWith('.json')).sort();
    return Promise.all(files.map(readOne));
  };
  return { read, parse };
}
