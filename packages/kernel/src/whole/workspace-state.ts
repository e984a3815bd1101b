import { readFile, rename, writeFile } from 'node:fs/promises';

/**
 * What make took in milliseconds, and whether in a folder that was built before. `wholeMs`: what the first build there
 * took, where that is known.
 */
export type Made = { ms: number; incremental: boolean; wholeMs?: number };

/**
 * What is known of a workspace. `touched`: paths that may differ from the source. `built`: what is built, by the digest
 * of its overlay, null for none; not there while make runs, and when it failed.
 */
type State = {
  touched: string[];
  everBuilt: boolean;
  wholeMs?: number;
  built?: Made & { overlay: string | null };
};

export async function readState(file: string): Promise<State> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? { touched: [], everBuilt: false } : (JSON.parse(text) as State);
}

export async function writeState(file: string, state: State): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(state));
  await rename(`${file}.new`, file);
}
