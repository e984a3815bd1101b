import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Result } from '@pinbench/model';
import writeFileAtomic from 'write-file-atomic';
import { renderJson } from './json.ts';
import { renderJUnit } from './junit.ts';
import { renderKtap } from './ktap.ts';
import { renderTerminal } from './terminal.ts';

const renderers = {
  'result.json': renderJson,
  'result.ktap': renderKtap,
  'junit.xml': renderJUnit,
  'report.txt': (result: Result) => renderTerminal(result, { color: false }),
};

/** The files that `writeReports` writes. */
export const reportNames = Object.keys(renderers);

/**
 * Writes every report of a result into `folder`, which is made if need be. Each file appears whole or not at all.
 * Returns the files' paths.
 */
export const writeReports = (result: Result, folder: string): Promise<string[]> =>
  writeFiles(
    folder,
    Object.fromEntries(
      Object.entries(renderers).map(([name, render]) => [name, render(result)] as const),
    ),
  );

/** Writes texts into a folder by name; returns the files' paths. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  return Promise.all(
    Object.entries(files).map(async ([name, text]) => {
      const file = path.join(folder, name);
      await writeFileAtomic(file, text);
      return file;
    }),
  );
}
