import type { Mutants } from '@pinbench/model';
import { writeFiles } from '../write.ts';
import { renderMutantsJson } from './json.ts';
import { renderMutantsMarkdown } from './markdown.ts';
import { renderMutants } from './terminal.ts';

/** Writes every report into `folder`, which is made if need be. Each file appears whole or not at all. */
export const writeMutantsReports = (mutants: Mutants, folder: string): Promise<string[]> =>
  writeFiles(folder, {
    'mutants.txt': renderMutants(mutants, { color: false }),
    'mutants.json': renderMutantsJson(mutants),
    'mutants.md': renderMutantsMarkdown(mutants),
  });
