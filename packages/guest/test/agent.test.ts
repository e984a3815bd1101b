import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firstError } from '../src/agent.ts';
import { compileForHost, type AgentOnHost } from './agent-on-host.ts';

let agent: AgentOnHost;

beforeAll(async () => {
  agent = await compileForHost();
}, 60_000);

afterAll(() => agent.remove());

/** The records of the plan's own operations. */
async function operate(plan: string) {
  const { records } = await agent.run(plan);
  return records.slice(1, -1);
}

describe('records', () => {
  test('begin with hello, end with end and count without gaps', async () => {
    const { records, finished } = await agent.run('mkdir id=a path=/\nread id=b file=/nowhere\n');
    expect(records).toMatchObject([
      { seq: 0, op: 'hello', ok: true, agent: '1', page: 4096 },
      { seq: 1, op: 'mkdir', id: 'a', ok: true },
      { seq: 2, op: 'read', id: 'b', ok: false, errno: 2, error: 'ENOENT', at: 'read' },
      { seq: 3, op: 'end', operations: 2, failed: 1 },
    ]);
    expect(finished.exitCode).toBe(0);
  });

  test('that cannot be written end the agent loudly', async () => {
    const { finished } = await agent.run('counters\n', '/dev/full');
    expect(finished.exitCode).toBe(1);
    expect(finished.stderr).toBe(
      'pinbench agent: cannot go on: write to the record channel: No space left on device',
    );
  });

  test('tell of the death of the agent itself, and nothing follows', async () => {
    const script = path.join(agent.folder, 'kill-parent');
    await writeFile(script, 'kill -SEGV $PPID\n');
    const { records, finished } = await agent.run(`exec argv=sh ${script}\ncounters\n`);
    expect(records.slice(1)).toMatchObject([{ op: 'agent-died', ok: false, signal: 'SEGV' }]);
    expect(finished.exitCode).toBe(1);
  });
});

/** One more than `which` takes. */
const seventeen = Array.from({ length: 17 }, (_, seed) => seed).join(',');

describe('a plan', () => {
  test.each([
    ['frobnicate', 'no such operation: frobnicate'],
    ['mount source=a target=b', 'mount needs type='],
    ['mkdir path=/ mode=7', 'mkdir has no key mode'],
    ['mkdir path=/ path=/', 'path is given twice'],
    ['mkdir /', 'not key=value: /'],
    ['mkdir path=', 'bad value for path: '],
    ['unmap iova=1 len=4Q', 'bad value for len: 4Q'],
    ['unmap iova=-1 len=4K', 'bad value for iova: -1'],
    ['unmap iova=0x10000000000000000 len=4K', 'bad value for iova: 0x10000000000000000'],
    ['unmap iova=1 len=99999999999G', 'bad value for len: 99999999999G'],
    ['read file=/ as=hexa', 'bad value for as: hexa'],
    ['buffer name=b parts=anon', 'bad value for parts: anon'],
    ['buffer name=b parts=tape:4K', 'bad value for parts: tape:4K'],
    ['buffer name=b parts=anon:4K,', 'bad value for parts: anon:4K,'],
    ['buffer name=b parts=anon:100', 'bad value for parts: anon:100'],
    ['buffer name=b parts=hugetlb:4K', 'bad value for parts: hugetlb:4K'],
    ['buffer name=b parts=anon:4K align=3K', 'bad value for align: 3K'],
    ['buffer name=../b parts=anon:4K', 'bad value for name: ../b'],
    ['change file=/a do=burn', 'bad value for do: burn'],
    ['reset file=burn', 'bad value for file: burn'],
    ['touch buffer=b off=0', 'touch needs how='],
    ['which buffer=b off=0 len=4K seeds=1,,2', 'bad value for seeds: 1,,2'],
    ['which buffer=b off=0 len=4K seeds=one', 'bad value for seeds: one'],
    [`which buffer=b off=0 len=4K seeds=${seventeen}`, `bad value for seeds: ${seventeen}`],
    ['child-which buffer=b off=0 len=4K seeds=1,', 'bad value for seeds: 1,'],
    ['replace buffer=b with=tape', 'bad value for with: tape'],
    ['vfio-open device=3', 'bad value for device: 3'],
    ['mediated-pin iova=0 len=4K', 'mediated-pin needs by='],
    ['mediated-pin iova=0 len=4K by=both', 'bad value for by: both'],
  ])('with the line %j is refused', async (line, reason) => {
    expect(await operate(`# a comment\n\n${line}\n`)).toMatchObject([
      { op: 'plan-error', ok: false, line: 3, reason },
    ]);
  });

  test('that is wrong anywhere is not begun, and every wrong line is named', async () => {
    const trace = path.join(agent.folder, 'trace');
    const records = await operate(`mkdir path=${trace}\nbad\ncounters\nworse\n`);
    expect(records).toMatchObject([{ line: 2 }, { line: 4 }]);
    expect(existsSync(trace)).toBe(false);
  });

  test.each(['power-off', 'ready payload=/dev/pmem0'])('ends with %s', async (line) => {
    expect(await operate(`${line}\ncounters\n`)).toMatchObject([
      { line: 2, reason: 'nothing can follow the operation that ends the plan' },
    ]);
  });

  test('whose ready fails is over', async () => {
    const { records } = await agent.run('counters\nready payload=/nowhere\n');
    expect(records.slice(2)).toMatchObject([
      { op: 'ready', ok: false, error: 'ENOENT', operations: 1, failed: 0 },
      { op: 'end', operations: 2, failed: 1 },
    ]);
  });
});

describe('files', () => {
  test('are read as text or as hex, up to 4 KiB', async () => {
    const file = path.join(agent.folder, 'text');
    const long = path.join(agent.folder, 'long');
    await writeFile(long, 'x'.repeat(5000));
    const records = await operate(
      `write file=${file} text=a "b"  \\ c\nread file=${file}\nread as=hex file=${file}\nread file=${long}\n`,
    );
    expect(records.slice(1)).toMatchObject([
      { text: 'a "b"  \\ c' },
      { text: Buffer.from('a "b"  \\ c\n').toString('hex') },
      { text: 'x'.repeat(4096) },
    ]);
  });

  test('lose their last newline, and keep every other byte', async () => {
    const file = path.join(agent.folder, 'bytes');
    await writeFile(file, Buffer.from([0, 1, 0x7f, 0xff, 0x0a, 0x0a]));
    expect(await operate(`read file=${file}\n`)).toMatchObject([{ text: '\0\u0001\x7f\u00ff\n' }]);
  });
});

describe('exec', () => {
  test('reports the status and what was said on both streams', async () => {
    await writeFile(path.join(agent.folder, 'said'), 'here\n');
    const records = await operate(`exec argv=ls ${agent.folder}/said ${agent.folder}/unsaid\n`);
    expect(records).toMatchObject([{ op: 'exec', ok: false, at: 'exit', status: 2 }]);
    expect(records[0]).not.toHaveProperty('errno');
    expect(records[0]?.['output']).toMatch(/cannot access.*unsaid[^]*\/said/);
  });

  test('keeps the last 4 KiB', async () => {
    const records = await operate('exec argv=seq 5000\n');
    expect(records).toMatchObject([{ ok: true, status: 0 }]);
    expect(records[0]?.['output']).toHaveLength(4096);
    expect(records[0]?.['output']).toMatch(/4999\n5000\n$/);
  });

  test('tells a program that was killed from one that is not there', async () => {
    expect(
      await operate('exec argv=timeout -s KILL 0.1 sleep 9\nexec argv=nosuch\n'),
    ).toMatchObject([
      { ok: false, at: 'exit', status: 137 },
      { ok: false, at: 'posix_spawn', error: 'ENOENT' },
    ]);
  });
});

describe('a buffer', () => {
  test('says what its parts are', async () => {
    const [buffer] = await operate('buffer name=b parts=anon:64K,memfd:128K align=2M\n');
    expect(buffer).toMatchObject({
      ok: true,
      len: 192 * 1024,
      parts: [
        { backing: 'anon', off: 0, len: 65536, dax: null, fstype: null, mapSync: null },
        { backing: 'memfd', off: 65536, len: 131072, fstype: '0x1021994', kernelPageSize: 4096 },
      ],
    });
    expect(Number(buffer?.['address']) % (2 << 20)).toBe(0);
  });

  test('is made without a word on its parts where that is not asked for', async () => {
    const [buffer] = await operate('buffer name=b parts=anon:64K describe=none\n');
    expect(buffer).toMatchObject({ ok: true, len: 64 * 1024 });
    expect(buffer).not.toHaveProperty('parts');
  });

  test.each([
    ['buffer name=b parts=page-cache:4K', { at: 'open', error: 'ENOENT' }],
    ['buffer name=b parts=anon:4K prot=ro touch=write', { at: 'touch', error: 'EACCES' }],
    ['gup buffer=b', { at: 'buffer', error: 'ENOENT' }],
    ['release name=b', { at: 'name', error: 'ENOENT' }],
    ['punch buffer=b', { at: 'buffer', error: 'ENOENT' }],
    ['map-refused-loop iova=0 buffer=b count=1', { at: 'vfio-open', error: 'ENODEV' }],
    ['map iova=0 buffer=b', { at: 'vfio-open', error: 'ENODEV' }],
    ['mediated-map iova=0 buffer=b', { at: 'mediated-open', error: 'ENODEV' }],
    ['mediated-pin iova=0 len=4K by=worker', { at: 'mediated-open', error: 'ENODEV' }],
    ['mediated-open device=none', { at: 'iommu_group', error: 'ENOENT' }],
    ['buffer name=b parts=device-bar:64K', { at: 'vfio-open', error: 'ENODEV' }],
    ['buffer name=b parts=anon:4K,device-bar:4K', { at: 'vfio-open', error: 'ENODEV' }],
  ])('that is not to be had: %s', async (line, failure) => {
    expect(await operate(`${line}\n`)).toMatchObject([{ ok: false, ...failure }]);
  });

  test('is filled and compared by seed, wherever the pattern stands', async () => {
    const records = await operate(
      [
        'buffer name=b parts=memfd:16K,anon:16K',
        'fill buffer=b off=4K len=20K seed=7',
        'compare buffer=b off=4K len=20K seed=7',
        'compare buffer=b off=4K len=4K seed=8',
        'fill buffer=b off=0 len=4K seed=8',
        'compare buffer=b off=0 len=4K seed=8',
        'compare buffer=b off=28K len=8K seed=8',
        '',
      ].join('\n'),
    );
    expect(records.slice(2)).toMatchObject([
      { op: 'compare', equal: true },
      { op: 'compare', ok: true, equal: false, first: 4096 },
      { op: 'fill', ok: true },
      { op: 'compare', equal: true },
      { op: 'compare', ok: false, at: 'range', error: 'ERANGE' },
    ]);
  });

  test.each([
    ['shared', false],
    ['private', true],
  ])('that is %s and filled by a child is as it was: %s', async (share, equal) => {
    expect(
      await operate(
        `buffer name=b parts=anon:8K share=${share}
fill buffer=b off=0 len=8K seed=1
fork-fill buffer=b off=0 len=8K seed=2
compare buffer=b off=0 len=8K seed=1
compare buffer=b off=0 len=8K seed=2
`,
      ),
    ).toMatchObject([{}, {}, { ok: true }, { equal }, { equal: !equal }]);
  });

  test('has other memory in its place once it is replaced', async () => {
    expect(
      await operate(
        `buffer name=b parts=anon:8K
fill buffer=b off=0 len=8K seed=1
replace buffer=b with=memfd
compare buffer=b off=0 len=8K seed=1
replace buffer=b with=hugetlb
release name=b
`,
      ),
    ).toMatchObject([
      {},
      {},
      { ok: true, parts: [{ backing: 'memfd', len: 8192 }] },
      { equal: false },
      { ok: false, at: 'parts' },
      { ok: true },
    ]);
  });

  test('loses what is punched out of its file, and nothing beside it', async () => {
    expect(
      await operate(
        `buffer name=b parts=anon:4K,memfd:12K
fill buffer=b off=0 len=16K seed=1
punch buffer=b off=8K len=4K
compare buffer=b off=0 len=8K seed=1
compare buffer=b off=0 len=16K seed=1
punch buffer=b off=0 len=4K
`,
      ),
    ).toMatchObject([
      {},
      {},
      { ok: true },
      { equal: true },
      { equal: false, first: 8192, found: 0 },
      { ok: false, at: 'file' },
    ]);
  });

  test('has a name of its own until it is released', async () => {
    const b = 'buffer name=b parts=anon:4K';
    expect(await operate([b, b, 'release name=b', b, ''].join('\n'))).toMatchObject([
      { ok: true },
      { ok: false, at: 'name', error: 'EEXIST' },
      { ok: true },
      { ok: true },
    ]);
  });

  test('with struct pages passes a short-lived GUP', async () => {
    const records = await operate('buffer name=b parts=anon:64K\ngup buffer=b len=64K\n');
    expect(records[1]).toMatchObject({ op: 'gup', ok: true });
  });
});

describe('memory that is not there', () => {
  const uses = [
    'fill buffer=b off=0 len=8K seed=1',
    'compare buffer=b off=0 len=8K seed=2',
    'which buffer=b off=4K len=4K seeds=zero',
    'touch buffer=b off=4K how=read',
    'touch buffer=b off=4K how=write',
  ];

  test.each([
    [
      'SIGSEGV',
      'buffer name=b parts=anon:8K\nfill buffer=b off=0 len=4K seed=2\nhole buffer=b off=4K',
    ],
    [
      'SIGBUS',
      'buffer name=b parts=anon:8K touch=none\nuffd-register buffer=b off=4K\nfill buffer=b off=0 len=4K seed=2',
    ],
  ])('is a %s to whoever reads or writes it, and no end of the agent', async (at, plan) => {
    const records = await operate(`${plan}\n${uses.slice(1).join('\n')}\n${uses[0]}\ncounters\n`);
    expect(records.slice(0, -6).map(({ ok }) => ok)).not.toContain(false);
    for (const record of records.slice(-6, -1)) {
      expect(record).toMatchObject({ ok: false, at });
      expect(record).not.toHaveProperty('errno');
    }
    expect(records.at(-1)).toMatchObject({ op: 'counters', ok: true });
  });

  test('is nobody else’s either, and goes without taking a buffer along', async () => {
    expect(
      await operate(
        `buffer name=b parts=anon:64K
hole buffer=b off=16K len=32K
buffer name=other parts=anon:16K
fill buffer=other off=0 len=16K seed=1
touch buffer=b off=16K len=32K how=write
which buffer=b off=16K len=4K seeds=zero
release name=b
which buffer=other off=0 len=16K seeds=zero,1
`,
      ),
    ).toMatchObject([
      ...[{}, {}, {}, {}],
      { ok: false, at: 'SIGSEGV' },
      { ok: false, at: 'SIGSEGV' },
      { ok: true },
      { ok: true, seed: 1 },
    ]);
  });

  test('is written to up to where it ends', async () => {
    expect(
      await operate(
        `buffer name=b parts=anon:8K
hole buffer=b off=4K
fill buffer=b off=0 len=8K seed=1
compare buffer=b off=0 len=4K seed=1
`,
      ),
    ).toMatchObject([{}, {}, { ok: false, at: 'SIGSEGV' }, { equal: true }]);
  });

  test('is memory that may only be read, for a write', async () => {
    expect(
      await operate(
        'buffer name=b parts=anon:4K prot=ro\nfill buffer=b off=0 len=4K seed=1\ntouch buffer=b off=0 how=write\ntouch buffer=b off=0 how=read\n',
      ),
    ).toMatchObject([{}, { ok: false, at: 'SIGSEGV' }, { ok: false, at: 'SIGSEGV' }, { ok: true }]);
  });
});

describe('what is in a buffer', () => {
  test('is told by the first of the seeds whose pattern it is', async () => {
    expect(
      await operate(
        `buffer name=b parts=anon:16K
fill buffer=b off=4K len=4K seed=3
which buffer=b off=4K len=4K seeds=zero,1,2,3
which buffer=b off=4K len=1K seeds=4,3
which buffer=b off=0 len=4K seeds=3,zero
which buffer=b off=4K len=4K seeds=zero,2
which buffer=b off=0 len=8K seeds=zero,3
which buffer=b off=8K len=8 seeds=1
which buffer=b off=12K len=8K seeds=zero
`,
      ),
    ).toMatchObject([
      {},
      {},
      { ok: true, seed: 3 },
      { ok: true, seed: 3 },
      { ok: true, seed: 'zero' },
      { ok: true, seed: null, found: expect.stringMatching(/^[0-9a-f]{32}$/) as string },
      { ok: true, seed: null, found: '0'.repeat(32) },
      { ok: true, seed: null, found: '0'.repeat(16) },
      { ok: false, at: 'range' },
    ]);
  });

  test('stays as it is when it is touched', async () => {
    expect(
      await operate(
        `buffer name=b parts=memfd:8K
fill buffer=b off=0 len=8K seed=3
touch buffer=b off=0 len=8K how=read
touch buffer=b off=0 len=8K how=write
compare buffer=b off=0 len=8K seed=3
`,
      ),
    ).toMatchObject([{}, {}, { ok: true }, { ok: true }, { equal: true }]);
  });
});

describe('a child', () => {
  test('sees and shows what is shared, and has the rest to itself', async () => {
    expect(
      await operate(
        `buffer name=s parts=memfd:4K
buffer name=p parts=anon:4K
fill buffer=p off=0 len=4K seed=1
fork
child-which buffer=p off=0 len=4K seeds=1,2
child-fill buffer=s off=0 len=4K seed=2
child-fill buffer=p off=0 len=4K seed=2
which buffer=s off=0 len=4K seeds=1,2
which buffer=p off=0 len=4K seeds=1,2
fill buffer=p off=0 len=4K seed=3
child-which buffer=p off=0 len=4K seeds=1,3
child-exit
`,
      ),
    ).toMatchObject([
      ...[{}, {}, {}],
      { op: 'fork', ok: true },
      { ok: true, seed: 1 },
      { ok: true },
      { ok: true },
      { seed: 2 },
      { seed: 1 },
      {},
      { ok: true, seed: null, found: expect.stringMatching(/^[0-9a-f]{32}$/) as string },
      { op: 'child-exit', ok: true },
    ]);
  });

  test('knows the buffers that there were when it was made', async () => {
    expect(
      await operate(
        `buffer name=old parts=anon:4K
fork
buffer name=new parts=anon:4K
release name=old
child-which buffer=old off=0 len=4K seeds=zero
child-fill buffer=new off=0 len=4K seed=1
`,
      ),
    ).toMatchObject([
      ...[{}, {}, {}, {}],
      { ok: true, seed: 'zero' },
      { ok: false, at: 'buffer', error: 'ENOENT' },
    ]);
  });

  test('survives memory that is not there', async () => {
    expect(
      await operate(
        `buffer name=b parts=anon:4K,memfd:4K
hole buffer=b off=0 len=4K
fork
child-fill buffer=b off=0 len=8K seed=1
child-which buffer=b off=4K len=4K seeds=zero
`,
      ),
    ).toMatchObject([{}, {}, {}, { ok: false, at: 'SIGSEGV' }, { ok: true, seed: 'zero' }]);
  });

  test('is one at a time, and there until it is told to go', async () => {
    expect(
      await operate(
        'child-exit\nchild-fill buffer=b off=0 len=1 seed=1\nfork\nfork\nchild-exit\nchild-exit\nfork\n',
      ),
    ).toMatchObject([
      { ok: false, at: 'child', error: 'ESRCH' },
      { ok: false, at: 'child', error: 'ESRCH' },
      { ok: true },
      { ok: false, at: 'fork', error: 'EBUSY' },
      { ok: true },
      { ok: false, at: 'child', error: 'ESRCH' },
      { ok: true },
    ]);
  });

  test('holds no file of the agent and ends with it', async () => {
    const script = path.join(agent.folder, 'look-at-child');
    const pid = path.join(agent.folder, 'pid-of-child');
    // The agent's children are the shell that asks, and the one that is asked about.
    await writeFile(
      script,
      `for child in $(cat /proc/$PPID/task/*/children); do
  [ $child = $$ ] || { echo $child >${pid}; ls -l /proc/$child/fd; }
done
`,
    );
    const [, , exec] = await operate(
      `buffer name=b parts=memfd:4K\nfork\nexec argv=sh ${script}\n`,
    );
    const files = [...String(exec?.['output']).matchAll(/(\d+) -> (\S+)/g)];
    expect(files.map(([, fd]) => fd)).toEqual(['0', '1', '2']);
    expect(files.slice(0, 2).map(([, , file]) => file)).toEqual([
      expect.stringMatching(/^pipe:/),
      expect.stringMatching(/^pipe:/),
    ]);
    const program = `/proc/${(await readFile(pid, 'utf8')).trim()}/exe`;
    await expect.poll(() => existsSync(program)).toBe(false);
  });
});

describe('a change to a file', () => {
  test('is made by a thread, and tells what it returned', async () => {
    const file = path.join(agent.folder, 'changed');
    await writeFile(file, 'text');
    const change = `change file=${file} do=`;
    expect(
      await operate(
        `${[`${change}truncate`, `${change}unlink`, `${change}unlink`, `${change}punch`].join('\n')}\n`,
      ),
    ).toMatchObject([
      { ok: true, state: 'returned', returned: '0' },
      { ok: true, state: 'returned', returned: '0' },
      { ok: true, state: 'returned', returned: 'ENOENT' },
      { ok: false, at: 'open', error: 'ENOENT' },
    ]);
  });

  test('truncates the whole of it', async () => {
    const file = path.join(agent.folder, 'truncated');
    await writeFile(file, 'text');
    await operate(`change file=${file} do=truncate\n`);
    expect(await readFile(file, 'utf8')).toBe('');
  });

  test('is not waited for, or interrupted, where there is none', async () => {
    expect(await operate('change-wait\nchange-interrupt\n')).toMatchObject([
      { ok: false, at: 'change', error: 'ESRCH' },
      { ok: false, at: 'change', error: 'ESRCH' },
    ]);
  });
});

describe('a reset', () => {
  test('ends what was left open, and does nothing where there is nothing', async () => {
    expect(
      await operate(
        `reset
buffer name=a parts=anon:8K,memfd:4K touch=none
buffer name=b parts=memfd:4K
uffd-register buffer=a len=8K
fork
reset file=keep driver=keep
release name=a
buffer name=b parts=anon:4K
uffd-close
child-exit
fork
`,
      ),
    ).toMatchObject([
      { op: 'reset', ok: true },
      ...[{}, {}, {}, {}],
      { op: 'reset', ok: true },
      { ok: false, at: 'name', error: 'ENOENT' },
      { ok: true },
      { ok: false, at: 'userfaultfd', error: 'EBADF' },
      { ok: false, at: 'child', error: 'ESRCH' },
      { ok: true },
    ]);
  });

  test('leaves nothing behind, however often it is needed', async () => {
    const used = 'buffer name=b parts=memfd:8K,anon:2M\nhole buffer=b off=4K len=4K\nfork\nreset\n';
    const open = 'exec argv=sh -c ls$IFS/proc/$PPID/fd|wc$IFS-l\n';
    const count = (records: Awaited<ReturnType<typeof operate>>): unknown =>
      records.at(-1)?.['output'];
    const once = await operate(used + open);
    const often = await operate(used.repeat(400) + open);
    expect(often.filter(({ ok }) => !ok)).toEqual([]);
    expect(count(often)).toEqual(count(once));
  });
});

describe('the lock of the address space', () => {
  test('is free for a second thread', async () => {
    expect(await operate('mmap-probe\nmmap-probe within=100\n')).toMatchObject([
      { ok: true, hung: false },
      { ok: true, hung: false },
    ]);
  });

  test('is asked about with memory that userfaultfd keeps away, and with none', async () => {
    const records = await operate(
      'buffer name=b parts=anon:16K touch=none\nuffd-register buffer=b\ngup buffer=b\nuffd-close\ngup buffer=b\nhole buffer=b off=4K\ngup buffer=b off=4K\n',
    );
    expect(records.map(({ ok }) => ok)).toEqual([true, true, false, true, true, true, false]);
    expect(records[2]).toMatchObject({ error: 'EFAULT', at: 'vmsplice' });
  });
});

test('what the kernel says between two operations can be read', async () => {
  expect(await operate('kmsg-complaints\nkmsg-mark\nkmsg-complaints\n')).toMatchObject([
    { ok: false, at: 'kmsg-mark', error: 'EBADF' },
    { ok: true },
    { ok: true, complaints: [] },
  ]);
});

test('counters are numbers, or null where the kernel has none', async () => {
  const [counters] = await operate('counters\n');
  const names = ['vmlck', 'vmpin', 'foll_pin_acquired', 'foll_pin_released', 'free_pages'];
  for (const name of [...names, 'free_hugepages', 'slab_unreclaimable']) {
    expect([null, expect.any(Number)]).toContainEqual(counters?.[name]);
  }
  expect(counters).toMatchObject({ vmlck: 0, dma_avail: null });
});

describe('what the compiler says', () => {
  test('is cut down to its first error', () => {
    const output = [
      "edu.c: In function 'transfer':",
      "edu.c:33:9: error: 'nosuch' undeclared (first use in this function)",
      '   33 |         nosuch = 1;',
      '      |         ^~~~~~',
      'edu.c:33:9: note: each undeclared identifier is reported only once',
      "edu.c:40:9: error: 'other' undeclared",
    ].join('\n');
    expect(firstError(output)[0]).toContain("'nosuch' undeclared");
    expect(firstError(output).join('\n')).not.toContain('other');
  });

  test('may come from the linker', () => {
    const output =
      "collecting\n/usr/bin/ld: x.o: undefined reference to `iopl'\ncollect2: error: 1";
    expect(firstError(output)[0]).toContain('iopl');
  });
});
