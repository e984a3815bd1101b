import { mkdirSync, readFileSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isRoot, makeClone, type Clone } from './clone.ts';

let clone: Clone;
beforeEach(() => {
  clone = makeClone();
});
afterEach(() => {
  clone.remove();
});

/** The fake apt-get writes down what it was asked and "installs" the one program. */
const fakeAptGet = (): void => {
  clone.program(
    'apt-get',
    `echo "$*" >> ${clone.file('bin/apt.log')}`,
    'case "$*" in *" install "*)',
    `  printf '#!/bin/sh\\n' > ${clone.file('bin/kernel-maker')}`,
    `  /bin/chmod 755 ${clone.file('bin/kernel-maker')} ;;`,
    'esac',
  );
};

const aptCalls = (): string[] =>
  clone.has('bin/apt.log') ? clone.read('bin/apt.log').trim().split('\n') : [];

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await sleep(20);
};

describe('a clone that is ready', () => {
  beforeEach(async () => {
    clone.program('kernel-maker');
    expect(await clone.setup().finished).toMatchObject({ code: 0 });
  });

  test('nothing is said and nothing done', async () => {
    expect(await clone.setup().finished).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('costs less than 60 ms more than Node itself', async () => {
    const fastest = async (args: string[]): Promise<number> => {
      const times: number[] = [];
      for (let round = 0; round < 7; round++) {
        const start = performance.now();
        await clone.start(process.execPath, args).finished;
        times.push(performance.now() - start);
      }
      return Math.min(...times);
    };
    const idle = await fastest(['scripts/setup.mjs']);
    expect(idle - (await fastest(['-e', '0']))).toBeLessThan(60);
  });
});

test('a Node that is too old is told in one line', async () => {
  clone.json('package.json', { engines: { node: '>=99.1' } });
  expect(await clone.setup().finished).toEqual({
    code: 2,
    stdout: '',
    stderr: `setup: pinbench needs Node 99.1 or newer; this is ${process.versions.node}\n`,
  });
});

describe('node packages', () => {
  beforeEach(() => {
    clone.program('kernel-maker');
  });

  test('are installed in a fresh clone, and said to be', async () => {
    const { code, stdout, stderr } = await clone.setup().finished;
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/^setup: installing node packages .*\nsetup: done in [\d.]+ s\n$/);
    expect(clone.has('node_modules/a/package.json')).toBe(true);
  });

  test('are installed again when package-lock.json changes', async () => {
    await clone.setup().finished;
    clone.packages('a', 'b');
    expect((await clone.setup().finished).stderr).toContain('installing node packages');
    expect(clone.has('node_modules/b/package.json')).toBe(true);
  });

  test('are left alone when npm has been run by hand', async () => {
    await clone.start(clone.file('bin/npm'), ['install']).finished;
    expect(clone.has('node_modules/a')).toBe(true);
    expect((await clone.setup().finished).stderr).toBe('');
  });

  test('a failing npm shows its reason', async () => {
    clone.write('package-lock.json', '{}');
    const { code, stderr } = await clone.setup().finished;
    expect(code).toBe(2);
    expect(stderr).toMatch(/^setup: npm ci failed:\n(setup: {3}.*\n){1,15}$/m);
    expect(stderr).toContain('package-lock.json');
    expect(clone.has('.setup-lock.tmp')).toBe(false);
  });

  test('are not installed when that is forbidden', async () => {
    const { code, stderr } = await clone.setup({ env: { PINBENCH_NO_INSTALL: '1' } }).finished;
    expect(code).toBe(2);
    expect(stderr).toContain('setup:   npm ci\n');
    expect(clone.has('node_modules')).toBe(false);
  });
});

describe('host tools', () => {
  beforeEach(() => {
    clone.withoutPackages();
  });

  test.runIf(isRoot)('are installed by root, and said to be', async () => {
    fakeAptGet();
    const { code, stdout, stderr } = await clone.setup().finished;
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/^setup: installing kernel-tools .*\nsetup: done in [\d.]+ s\n$/);
    const [update, install, ...rest] = aptCalls();
    expect(update).toMatch(/ update$/);
    expect(install).toMatch(/ install --yes --no-install-recommends kernel-tools$/);
    expect(rest).toEqual([]);
  });

  test('are installed by a user who may use sudo without a password', async () => {
    fakeAptGet();
    clone.program('sudo', '[ "$1" = -n ] || exit 1', 'shift', 'exec "$@"');
    expect(await clone.setup({ user: true }).finished).toMatchObject({ code: 0 });
    expect(aptCalls()).toHaveLength(2);
  });

  test('a user without sudo is given the one command to run', async () => {
    fakeAptGet();
    clone.program('sudo', 'exit 1');
    const { code, stderr } = await clone.setup({ user: true }).finished;
    expect(code).toBe(2);
    expect(stderr).toBe(
      [
        'setup: these are missing:',
        'setup:   kernel-maker (makes kernels)',
        'setup: install them with',
        'setup:   sudo apt-get update && sudo apt-get install --no-install-recommends kernel-tools',
        '',
      ].join('\n'),
    );
    expect(aptCalls()).toEqual([]);
  });

  test('are not installed when that is forbidden', async () => {
    fakeAptGet();
    const { code, stderr } = await clone.setup({ env: { PINBENCH_NO_INSTALL: '1' } }).finished;
    expect(code).toBe(2);
    expect(stderr).toContain('apt-get install --no-install-recommends kernel-tools');
    expect(aptCalls()).toEqual([]);
  });

  test('without apt-get, what is missing is named', async () => {
    const { code, stderr } = await clone.setup().finished;
    expect(code).toBe(2);
    expect(stderr).toContain('no apt-get');
    expect(stderr).toContain('kernel-maker (makes kernels)');
  });

  test.runIf(isRoot)('a failing apt-get shows its last lines and what to run', async () => {
    clone.program('apt-get', 'echo "E: Unable to locate package" >&2', 'exit 100');
    const { code, stderr } = await clone.setup().finished;
    expect(code).toBe(2);
    expect(stderr).toContain('setup:   E: Unable to locate package\n');
    expect(stderr).toContain('apt-get install --no-install-recommends kernel-tools');
  });

  test.runIf(isRoot)('an apt-get that changes nothing is not believed', async () => {
    clone.program('apt-get');
    const { code, stderr } = await clone.setup().finished;
    expect(code).toBe(2);
    expect(stderr).toContain('still missing: kernel-maker');
  });

  test('are left alone with --node-only', async () => {
    expect(await clone.setup({ args: ['--node-only'] }).finished).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  test('files are looked for where the table says', async () => {
    const tool = { name: 'libx', package: 'libx1', purpose: 'linked to' };
    clone.json('scripts/host-tools.json', [{ ...tool, files: ['/nowhere', clone.file('libx')] }]);
    expect((await clone.setup().finished).code).toBe(2);
    clone.write('libx', '');
    expect((await clone.setup().finished).code).toBe(0);
  });
});

describe('two runs in one clone', () => {
  beforeEach(() => {
    clone.program('kernel-maker');
  });

  test('install once', async () => {
    const both = await Promise.all([clone.setup().finished, clone.setup().finished]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const said = both.map(({ stderr }) => stderr).join('');
    expect(said.match(/installing node packages/g)).toHaveLength(1);
  });

  test('the second says that it waits, and goes on when the first is done', async () => {
    mkdirSync(clone.file('.setup-lock.tmp'));
    const second = clone.setup();
    await until(() => second.said.stderr.includes('waiting'));
    clone.start('/bin/rmdir', [clone.file('.setup-lock.tmp')]);
    expect(await second.finished).toMatchObject({ code: 0 });
  });

  test('the lock of a run that was killed is taken over', async () => {
    mkdirSync(clone.file('.setup-lock.tmp'));
    utimesSync(clone.file('.setup-lock.tmp'), new Date(0), new Date(0));
    const { code, stderr } = await clone.setup().finished;
    expect(code).toBe(0);
    expect(stderr).not.toContain('waiting');
    expect(clone.has('.setup-lock.tmp')).toBe(false);
  });
});

test.runIf(isRoot)('stopped by a signal, it leaves neither lock nor process', async () => {
  clone.withoutPackages();
  clone.program('apt-get', `echo $$ > ${clone.file('apt.pid')}`, 'exec /bin/sleep 60');
  const run = clone.setup();
  await until(() => clone.has('apt.pid') && clone.read('apt.pid') !== '');
  run.child.kill('SIGTERM');
  expect((await run.finished).code).toBe(143);
  expect(clone.has('.setup-lock.tmp')).toBe(false);
  const pid = Number(clone.read('apt.pid'));
  await until(() => {
    try {
      return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
    } catch {
      return true;
    }
  });
});

test('as an npm hook, its exit code is that of the command', async () => {
  clone.withoutPackages();
  const missing = await clone.start(clone.file('bin/npm'), ['run', 'thing']).finished;
  expect(missing.code).toBe(2);
  clone.program('kernel-maker');
  const there = await clone.start(clone.file('bin/npm'), ['run', 'thing']).finished;
  expect(there.code).toBe(0);
});

test('every host tool has a package and a purpose', () => {
  const table = path.resolve(import.meta.dirname, '../host-tools.json');
  const tools = JSON.parse(readFileSync(table, 'utf8')) as Record<string, unknown>[];
  const names = tools.map((tool) => tool['name']);
  expect(new Set(names).size).toBe(names.length);
  for (const tool of tools) {
    expect(tool).toMatchObject({
      name: expect.stringMatching(/./) as string,
      package: expect.stringMatching(/^[a-z0-9.+-]+$/) as string,
      purpose: expect.stringMatching(/./) as string,
    });
  }
});
