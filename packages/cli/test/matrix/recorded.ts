import { readFileSync } from 'node:fs';
import path from 'node:path';
import { resultSchema, type Result } from '@pinbench/model';

/** The result of a real run, see results/README.md. */
export const recorded = (name: 'passing' | 'failing'): Result =>
  resultSchema.parse(
    JSON.parse(readFileSync(path.join(import.meta.dirname, `results/${name}.json`), 'utf8')),
  );
