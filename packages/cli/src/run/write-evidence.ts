import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { formatPlan, type Guest } from '@pinbench/model';
import { nameOfJob } from './run-job.ts';

/** What an earlier run may have laid here; nothing else is ever removed from a folder that the user chose. */
const ours = /^[a-z-]+-\d+(-before|-after)?\.(plan|records\.jsonl|console\.log)$/;

/** Lays beside the reports what each guest was told, what it answered and what its kernel printed. */
export async function writeEvidence(guests: readonly Guest[], out: string): Promise<void> {
  const folder = path.join(out, 'guest');
  const files = new Map(guests.flatMap(evidenceOf));
  await mkdir(folder, { recursive: true });
  const old = (await readdir(folder)).filter((name) => ours.test(name) && !files.has(name));
  await Promise.all([
    ...old.map((name) => rm(path.join(folder, name), { force: true })),
    ...[...files].map(([name, text]) => writeFile(path.join(folder, name), text)),
  ]);
}

function evidenceOf({ job, plan, records, console }: Guest): [string, string][] {
  const stem = nameOfJob(job);
  const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('');
  return [
    [`${stem}.plan`, formatPlan(plan)],
    [`${stem}.records.jsonl`, lines(records.map((record) => JSON.stringify(record)))],
    [`${stem}.console.log`, lines(console)],
  ];
}
