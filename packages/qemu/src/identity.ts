import { access, constants, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, run } from '@pinbench/host';
import { qemuBinary } from './process.ts';

/** Which QEMU this is. Two builds of one version differ in size or time. */
export type QemuIdentity = { version: string; size: number; mtimeMs: number };

/** @throws BenchError when QEMU is not installed or does not run. */
export async function qemuIdentity(signal?: AbortSignal): Promise<QemuIdentity> {
  const { size, mtimeMs } = await stat(await find(qemuBinary));
  const { stdout } = await run(qemuBinary, ['--version'], signal && { signal });
  return { version: versionIn(stdout), size, mtimeMs };
}

/** The version in what `qemu --version` prints, with the distribution's own in brackets. */
const versionIn = (printed: string): string =>
  /version (.+)/.exec(printed)?.[1]?.trim() ?? printed.trim();

async function find(program: string): Promise<string> {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const file = path.join(folder, program);
    try {
      await access(file, constants.X_OK);
      return await realpath(file);
    } catch {
      continue;
    }
  }
  throw new BenchError(`${program} is not installed`, {
    hint: 'install the package qemu-system-x86, or run npm run doctor',
  });
}
