import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Result } from '@pinbench/model';
import writeFileAtomic from 'write-file-atomic';
import { renderJson } from './json.ts';
import { renderJUnit } from './junit.ts';
import { renderKtap } from './ktap.ts';
import { renderTerminal } from './terminal.ts';

/**
 * Writes every report of a result into `folder`, which is made if need be. Each file appears whole or not at all.
 * Returns the files' paths.
 */
export async function writeReports(result: Result, folder: string): Promise<string[]> {
  const files: Record<string, string> = {
    'result.json': renderJson(result),
    'result.ktap': renderKtap(result),
    'junit.xml': renderJUnit(result),
    'report.txt': renderTerminal(result, { color: false }),
  };
  await mkdir(folder, { recursive: true });
  return Promise.all(
    Object.entries(files).map(async ([name, text]) => {
      const file = path.join(folder, name);
      await writeFileAtomic(file, text);
      return file;
    }),
  );
}
