import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import { resultSchema, type CheckResult, type Result } from '@pinbench/model';

const root = path.resolve(import.meta.dirname, '../../..');

export const patchFile = (name: string): string => path.join(root, 'test/e2e/patches', name);

/** A folder that is gone when the test is. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'pinbench-e2e-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

export type Run = {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
  out: string;
  seconds: number;
};

/** Starts what `npm run qemu:test` starts. */
export const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  execa('node', ['--import', 'tsx', path.join(root, 'packages/cli/src/main.ts'), ...args], {
    cwd: root,
    env,
    reject: false,
  });

/** Runs the command to its end, with an output folder of its own. */
export async function pinbench(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  const out = temporaryFolder();
  const started = performance.now();
  const { exitCode, stdout, stderr } = await start([...args, '--out', out], env);
  return { exitCode, stdout, stderr, out, seconds: (performance.now() - started) / 1000 };
}

/** The result that a run wrote, held against its schema. */
export const resultOf = async ({ out, stderr }: Run): Promise<Result> => {
  const text = await readFile(path.join(out, 'result.json'), 'utf8').catch(() => {
    throw new Error(`the run left no result.json and said:\n${stderr}`);
  });
  return resultSchema.parse(JSON.parse(text));
};

export function checkOf(result: Result, name: string): CheckResult {
  const check = result.checks.find((candidate) => candidate.name === name);
  if (check === undefined) throw new Error(`no check ${name} in the result`);
  return check;
}
