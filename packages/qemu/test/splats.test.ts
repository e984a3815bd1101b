import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { classify } from '../src/splat-lines.ts';
import { noSplats, withLine } from '../src/splats.ts';

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
          "------------[ cut here ]------------",
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
          "------------[ cut here ]------------",
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
          "------------[ cut here ]------------",
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
    ['[    1.000000] [ BUG: Invalid wait context ]', 'bug'],
    ['[    1.000000] BUG kmalloc-64 (Not tainted): Right Redzone overwritten', 'bug'],
    ['[    1.000000] INFO: trying to register non-static key.', 'bug'],
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

test('a report that never closes ends after 150 lines', () => {
  const endless = [
    '[    1.000000] WARNING: CPU: 0',
    ...Array<string>(200).fill('[    1.000000] x'),
  ];
  expect(endless.reduce(withLine, noSplats).list[0]?.excerpt).toHaveLength(150);
});

test('a warning within a warning is a report of its own', () => {
  const { list } = [
    '[    1.000000] WARNING: CPU: 0 PID: 1 at a.c:1',
    '[    1.000000] WARNING: CPU: 0 PID: 1 at b.c:2',
  ].reduce(withLine, noSplats);
  expect(list).toHaveLength(2);
});

describe('a report', () => {
  const said = (...lines: string[]): string[] =>
    lines.map((line, index) => `[    1.${String(index).padStart(6, '0')}] ${line}`);
  const headlines = (lines: readonly string[]) =>
    lines
      .reduce(withLine, noSplats)
      .list.map(({ headline, excerpt }) => [headline.replace(/^\[.*?\] /, ''), excerpt.length]);
  const rule = '==================================================================';

  test('has the words that come before its headline', () => {
    const lines = said(
      '------------[ cut here ]------------',
      'refcount_t: underflow; use-after-free.',
      'WARNING: CPU: 0 PID: 1 at lib/refcount.c:28 refcount_warn_saturate+0xba/0x110',
      '---[ end trace 0000000000000000 ]---',
      'EXT4-fs (pmem0): mounted filesystem',
    );
    const [splat] = lines.reduce(withLine, noSplats).list;
    expect(splat?.headline).toBe(lines[2]);
    expect(splat?.excerpt).toEqual(lines.slice(0, 4));
  });

  test('of KASAN goes from rule to rule, past the end of its stack', () => {
    const lines = said(
      rule,
      'BUG: KASAN: slab-out-of-bounds in f+0x1/0x2',
      'Call Trace:',
      ' <TASK>',
      ' f+0x1/0x2',
      ' </TASK>',
      'Allocated by task 1:',
      rule,
      'EXT4-fs (pmem0): mounted filesystem',
    );
    expect(headlines(lines)).toEqual([['BUG: KASAN: slab-out-of-bounds in f+0x1/0x2', 8]]);
  });

  test('of lockdep ends with its stack', () => {
    const lines = said(
      rule,
      'WARNING: possible recursive locking detected',
      '6.1.192 #1 Not tainted',
      'Call Trace:',
      ' <TASK>',
      ' </TASK>',
      'pinbench: leg 1 after',
    );
    expect(headlines(lines)).toEqual([['WARNING: possible recursive locking detected', 6]]);
  });

  test('without an end ends with a silence, and where the next one is announced', () => {
    const open = said('BUG: Bad page state in process agent  pfn:1', 'Call Trace:', ' f+0x1/0x2');
    const later = '[    1.200000] pinbench: leg 1 after';
    expect(headlines([...open, later])).toEqual([
      ['BUG: Bad page state in process agent  pfn:1', 3],
    ]);
    const warning = ['WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2', '---[ end trace 0 ]---'];
    const next = ['------------[ cut here ]------------', ...warning];
    expect(headlines([...open, ...said('', '', '', ...next).slice(3)])).toEqual([
      ['BUG: Bad page state in process agent  pfn:1', 3],
      ['WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2', 3],
    ]);
  });

  test('that is announced and does not come leaves nothing', () => {
    expect(headlines(said(rule, ...Array<string>(40).fill('x')))).toEqual([]);
  });
});
