import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { formatPlan, type Guest } from '@pinbench/model';

/** Lays beside the reports what each guest was told, what it answered and what its kernel printed. */
export async function writeEvidence(guests: readonly Guest[], out: string): Promise<void> {
  const folder = path.join(out, 'guest');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await Promise.all(
    guests.flatMap(({ job, plan, records, console }) => {
      const stem = path.join(folder, `${job.check.name}-${job.boot + 1}`);
      const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('');
      return [
        writeFile(`${stem}.plan`, formatPlan(plan)),
        writeFile(`${stem}.records.jsonl`, lines(records.map((record) => JSON.stringify(record)))),
        writeFile(`${stem}.console.log`, lines(console)),
      ];
    }),
  );
}
