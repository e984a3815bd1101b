import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { classify, noSplats, withLine } from '../src/console.ts';

const recorded = async (name: string): Promise<string[]> =>
  (await readFile(path.join(import.meta.dirname, 'fixtures', `${name}.txt`), 'utf8'))
    .trimEnd()
    .split('\n');

const splatsOf = async (name: string) => (await recorded(name)).reduce(withLine, noSplats).list;

const summary = async (name: string) =>
  (await splatsOf(name)).map(({ kind, excerpt }) => [
    kind,
    excerpt[0]?.replace(/^\[.*?\] /, ''),
    excerpt.at(-1)?.replace(/^\[.*?\] /, ''),
  ]);

describe('what a recorded console holds', () => {
  test('a warning, from its first line to the end of its trace', async () => {
    expect(await summary('warn')).toMatchInlineSnapshot(`
      [
        [
          "warning",
          "WARNING: CPU: 0 PID: 1 at boom.c:9 boom_init+0x29/0x1000 [boom]",
          "---[ end trace 0000000000000000 ]---",
        ],
      ]
    `);
  });

  test('an oops, and the panic it was turned into', async () => {
    expect(await summary('oops')).toMatchInlineSnapshot(`
      [
        [
          "oops",
          "BUG: kernel NULL pointer dereference, address: 0000000000000000",
          "---[ end trace 0000000000000000 ]---",
        ],
        [
          "panic",
          "Kernel panic - not syncing: Fatal exception",
          "Kernel Offset: disabled",
        ],
      ]
    `);
  });

  test('BUG() is an oops', async () => {
    expect(await summary('bug')).toMatchInlineSnapshot(`
      [
        [
          "oops",
          "kernel BUG at boom.c:11!",
          "---[ end trace 0000000000000000 ]---",
        ],
        [
          "panic",
          "Kernel panic - not syncing: Fatal exception",
          "Kernel Offset: disabled",
        ],
      ]
    `);
  });

  test('a panic', async () => {
    expect(await summary('panic')).toMatchInlineSnapshot(`
      [
        [
          "panic",
          "Kernel panic - not syncing: boom",
          "Kernel Offset: disabled",
        ],
      ]
    `);
  });

  test('a bug that is no oops, and the warning after it', async () => {
    expect(await summary('atomic')).toMatchInlineSnapshot(`
      [
        [
          "bug",
          "BUG: scheduling while atomic: agent/1/0x00000002",
          " </TASK>",
        ],
        [
          "warning",
          "WARNING: CPU: 0 PID: 1 at init/main.c:1284 do_one_initcall+0x1d7/0x220",
          "---[ end trace 0000000000000000 ]---",
        ],
      ]
    `);
  });

  test('two tasks that hang', async () => {
    expect(await summary('hung')).toMatchInlineSnapshot(`
      [
        [
          "bug",
          "INFO: task agent:1 blocked for more than 120 seconds.",
          " </TASK>",
        ],
        [
          "bug",
          "INFO: task sleeper:109 blocked for more than 120 seconds.",
          " </TASK>",
        ],
      ]
    `);
  });

  test('an oops keeps the lines that say where', async () => {
    const [oops] = await splatsOf('oops');
    expect(oops?.excerpt.some((line) => line.includes('RIP: 0010:boom_init'))).toBe(true);
  });
});

describe('the kind of report a line opens', () => {
  test.each([
    ['[    1.000000] WARNING: possible circular locking dependency detected', 'warning'],
    ['[    1.000000] BUG: Bad page state in process agent  pfn:12345', 'bug'],
    ['[    1.000000] watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [agent:77]', 'bug'],
    ['[    1.000000] rcu: INFO: rcu_preempt self-detected stall on CPU', 'bug'],
    ['[    1.000000] general protection fault: 0000 [#1] SMP', 'oops'],
    ['[    1.000000][    T1] Kernel panic - not syncing: VFS: Unable to mount root fs', 'panic'],
    ['\u001B[0m[    1.000000] WARNING: CPU: 0 PID: 1 at mm/gup.c:1', 'warning'],
  ])('%s', (line, kind) => {
    expect(classify(line)).toBe(kind);
  });

  test.each([
    'WARNING: a program says so',
    'BUG: and this one too',
    '[    1.000000] nd_pmem namespace3.0: unable to guarantee persistence of writes',
    '[    1.000000] EXT4-fs (pmem0): DAX enabled. Warning: EXPERIMENTAL, use at your own risk',
    '',
  ])('none: %s', (line) => {
    expect(classify(line)).toBeUndefined();
  });
});

test('a report that never closes ends after sixty lines', () => {
  const endless = [
    '[    1.000000] WARNING: CPU: 0',
    ...Array<string>(100).fill('[    1.000000] x'),
  ];
  expect(endless.reduce(withLine, noSplats).list[0]?.excerpt).toHaveLength(60);
});

test('a warning within a warning is a report of its own', () => {
  const { list } = [
    '[    1.000000] WARNING: CPU: 0 PID: 1 at a.c:1',
    '[    1.000000] WARNING: CPU: 0 PID: 1 at b.c:2',
  ].reduce(withLine, noSplats);
  expect(list).toHaveLength(2);
});
