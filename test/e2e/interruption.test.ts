import { readdirSync, readFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { cacheFolder } from '@pinbench/host';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { start, temporaryFolder } from './support/pinbench.ts';

/** Command lines of live processes that name `text`. */
const processesNaming = (text: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch {
        return [];
      }
    })
    .filter((command) => command.includes(text));

async function until(what: () => boolean): Promise<void> {
  for (let waited = 0; !what(); waited += 20) {
    if (waited > 60_000) throw new Error('it never came to that');
    await setTimeout(20);
  }
}

const untilInGuest = (temporary: string): Promise<void> =>
  until(() => processesNaming(temporary).some((command) => command.includes('qemu-system')));

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s leaves no process, temporary file or report', async (signal, exitCode) => {
  const [temporary, out] = [temporaryFolder(), temporaryFolder()];
  const running = start(['--cold', '--check', 'pin-refusal', '--out', out], { TMPDIR: temporary });
  await untilInGuest(temporary);
  running.kill(signal);
  const run = await running;
  expect(run.exitCode).toBe(exitCode);
  expect(run.stderr).toContain(`stopped by ${signal}`);
  expect(processesNaming(temporary)).toEqual([]);
  expect(readdirSync(temporary).filter((name) => name.startsWith('pinbench-'))).toEqual([]);
  expect(readdirSync(out)).toEqual([]);
});

test('QEMU does not outlive a bench that was killed', async () => {
  const [temporary, out] = [temporaryFolder(), temporaryFolder()];
  const running = start(['--cold', '--check', 'pin-refusal', '--out', out], { TMPDIR: temporary });
  await untilInGuest(temporary);
  running.kill('SIGKILL');
  await running;
  await until(() => processesNaming(temporary).length === 0);
});

test('a run that is stopped while it keeps a machine leaves half of nothing in the cache', async () => {
  const [temporary, cache] = [temporaryFolder(), temporaryFolder()];
  const mounts = readFileSync('/proc/mounts', 'utf8');
  // All that is cached but the machines.
  for (const kind of readdirSync(cacheFolder()).filter((name) => name !== 'machines')) {
    await symlink(path.join(cacheFolder(), kind), path.join(cache, kind));
  }
  const running = start(['--out', temporaryFolder()], { TMPDIR: temporary, PINBENCH_CACHE: cache });
  await untilInGuest(temporary);
  running.kill('SIGINT');
  expect((await running).exitCode).toBe(130);
  expect(processesNaming(temporary)).toEqual([]);
  expect(readdirSync(path.join(cache, 'machines'))).toEqual([]);
  expect(readFileSync('/proc/mounts', 'utf8')).toBe(mounts);
});

test('SIGTERM to npm reaches the bench', async () => {
  const temporary = temporaryFolder();
  const args = [
    'run',
    'qemu:test',
    '--',
    '--cold',
    '--check',
    'pin-refusal',
    '--out',
    temporaryFolder(),
  ];
  const running = execa('npm', args, { env: { TMPDIR: temporary }, reject: false });
  await untilInGuest(temporary);
  running.kill('SIGTERM');
  await running;
  await until(() => processesNaming(temporary).length === 0);
  expect(readdirSync(temporary).filter((name) => name.startsWith('pinbench-'))).toEqual([]);
});
