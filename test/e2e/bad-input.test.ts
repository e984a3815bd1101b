import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { patchFile, pinbench, temporaryFolder } from './support/pinbench.ts';

/** What every before already has. */
const baseline = 'qemu/patches/debian-6.1/baseline.patch';

const wrongRequests: readonly (readonly [string, string[], RegExp])[] = [
  [
    'a patch that does not apply',
    ['--patch', patchFile('does-not-apply.patch')],
    / does not apply to debian:6\.1 /,
  ],
  ['a patch that is already applied', ['--patch', baseline], / is already applied in debian:6\.1 /],
  ['an empty patch', ['--patch', patchFile('empty.patch')], / is empty$/],
  ['what is not a patch', ['--patch', patchFile('not-a-patch.txt')], / is not a patch$/],
  [
    'a patch that leaves the tree by ..',
    ['--patch', patchFile('escapes-dotdot.patch')],
    / reaches out of the kernel tree: /,
  ],
  [
    'a patch with an absolute path',
    ['--patch', patchFile('escapes-absolute.patch')],
    / reaches out of the kernel tree: \/outside/,
  ],
  [
    'a patch that makes a symbolic link',
    ['--patch', patchFile('escapes-symlink.patch')],
    / makes a symbolic link$/,
  ],
  [
    'a swap of what cannot be swapped',
    ['--strategy', 'module-swap', '--patch', patchFile('touches-header.patch')],
    /--strategy module-swap cannot be done: include\/linux\/vfio\.h/,
  ],
  [
    'a patch that does not compile',
    ['--patch', patchFile('does-not-compile.patch')],
    /^pinbench: the patch does not compile: drivers/,
  ],
  [
    'a baseline that does not compile',
    [
      ...['--baseline', patchFile('baseline-does-not-compile.patch')],
      ...['--patch', patchFile('comments.patch')],
    ],
    /^pinbench: --baseline \S+ does not compile: drivers/,
  ],
  ['a patch that is not there', ['--patch', 'no-such.patch'], /no-such\.patch/],
  ['an unknown base', ['--base', 'debian:2.6'], /debian:2\.6/],
  ['an unknown check', ['--check', 'pin-refuse'], /--check does not know "pin-refuse"/],
  ['an unknown backing', ['--backing', 'floppy'], /--backing does not know "floppy"/],
  ['an unknown option', ['--colour'], /unknown option/],
  ['a cost that is no number', ['--max-cost', 'much'], /--max-cost "much" is not a percentage/],
];

test.each(wrongRequests)(
  '%s is one clear line, a hint and exit code 64',
  async (_what, args, message) => {
    const run = await pinbench(args);
    const said = run.stderr.split('\n').filter((line) => line.startsWith('pinbench: '));
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(message);
    expect(run.stderr).toMatch(/^ {2}hint: /m);
    expect(run.exitCode).toBe(64);
    expect(run.stdout).toBe('');
    expect(await readdir(run.out)).toEqual([]);
  },
);

test('the first error of the compiler stands in the message, and not three screens', async () => {
  const run = await pinbench(['--patch', patchFile('does-not-compile.patch')]);
  expect(run.stderr).toMatch(/vfio_iommu_type1\.c:\d+:\d+: error: /);
  const [, said = ''] = run.stderr.trim().split(/^(?=pinbench: )/m);
  expect(said.split('\n').length).toBeLessThan(8);
});

test('no mirror is one clear line and exit code 2', async () => {
  // Port 9 of this host: nothing listens there.
  const run = await pinbench([], {
    PINBENCH_CACHE: temporaryFolder(),
    PINBENCH_MIRROR: 'http://127.0.0.1:9/debian',
    PINBENCH_SECURITY_MIRROR: 'http://127.0.0.1:9/debian-security',
  });
  expect(run.stderr).toMatch(/^pinbench: .*(mirror|package lists)/m);
  expect(run.stderr).toMatch(/^ {2}hint: /m);
  expect(run.exitCode).toBe(2);
});
