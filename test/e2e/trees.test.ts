import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import {
  commitAll,
  developer,
  kernelCheckout,
  kernelFiles,
  writeFiles,
} from '../../packages/kernel/test/tree/kernel-tree.ts';
import { snapshotTree } from '../../packages/kernel/test/tree/snapshot-tree.ts';
import { contextForTest } from './support/guest.ts';
import { pinbench, start, temporaryFolder } from './support/pinbench.ts';
import { processesIn } from './support/processes.ts';

/** A checkout with uncommitted changes whose build lasts until it is stopped, and a patch for it. */
async function endlessKernel(): Promise<{ linux: string; patch: string; begun: string }> {
  const context = contextForTest();
  const begun = path.join(context.scratch, 'begun');
  const linux = await kernelCheckout(context);
  const endless = `%config:\n\ttouch ${begun}; sleep 600\n`;
  await writeFiles(linux, { Makefile: `${kernelFiles['Makefile'] ?? ''}${endless}` });
  await commitAll(linux, 'Take for ever');
  await writeFiles(linux, { 'mm/gup.c': 'int patched;\n' });
  const patch = path.join(context.scratch, 'mm.patch');
  await writeFile(patch, `${await developer(linux, 'diff')}\n`);
  await writeFiles(linux, { 'mm/gup.c': 'int gup;\n', 'mm/new.c': 'int fresh;\n' });
  return { linux, patch, begun };
}

test('Ctrl-C while a tree is built ends the build and leaves the tree as it was, to the bit', async () => {
  const { linux, patch, begun } = await endlessKernel();
  const [temporary, cache, out] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  const before = snapshotTree(linux);
  const args = ['--base', `tree:${linux}`, '--dirty', '--patch', patch, '--out', out];
  const running = start(args, { TMPDIR: temporary, PINBENCH_CACHE: cache });
  const ended = running.then(({ stderr }) => stderr);
  for (let waited = 0; !existsSync(begun); waited += 50) {
    const said = await Promise.race([ended, setTimeout(50)]);
    if (said !== undefined || waited > 120_000) throw new Error(`nothing was built: ${said ?? ''}`);
  }
  expect(processesIn(cache)).not.toEqual([]);
  running.kill('SIGINT');
  const { exitCode, stderr } = await running;
  expect(stderr).toContain('stopped by SIGINT');
  expect(exitCode).toBe(130);
  expect(snapshotTree(linux)).toEqual(before);
  expect(processesIn(cache)).toEqual([]);
  expect(readdirSync(temporary).filter((name) => name.startsWith('pinbench-'))).toEqual([]);
});

test('a tree that is not there, or not a kernel, is the mistake of who asks', async () => {
  const folder = temporaryFolder();
  const none = await pinbench(['--base', `tree:${folder}/none`]);
  expect(none).toMatchObject({ exitCode: 64 });
  expect(none.stderr).toContain(`there is no tree at ${folder}/none`);
  const empty = await pinbench(['--base', 'tree:.'], { INIT_CWD: folder });
  expect(empty).toMatchObject({ exitCode: 64 });
  expect(empty.stderr).toContain(`${folder} is not a kernel tree`);
});
