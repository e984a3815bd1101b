import { describe, expect, test } from 'vitest';
import { expectFate, waitsAfterUnmap } from '../src/expect/index.ts';
import { checks, formatPlan, parseKernelVersion } from '../src/index.ts';
import type { AgentRecord, CheckContext, Leg, Variant } from '../src/index.ts';
import { context } from './scripted-kernel.ts';

const fateOf = (fs: 'ext4' | 'xfs', change: 'truncate' | 'unlink', release: string) =>
  expectFate({ pinning: 'gup-fast', kernel: parseKernelVersion(release) }, `fsdax-${fs}`, change)
    .fate;

describe('what a kernel is expected to do to a file whose page is pinned', () => {
  test.each([
    ['xfs', 'truncate', '4.17', 'overwrites'],
    ['xfs', 'truncate', '4.18', 'waits'],
    ['ext4', 'truncate', '4.18', 'overwrites'],
    ['ext4', 'truncate', '4.19', 'waits'],
    ['ext4', 'unlink', '6.14', 'overwrites'],
    ['xfs', 'unlink', '6.15', 'waits-deaf'],
  ] as const)('%s: %s on %s %s', (fs, change, release, fate) => {
    expect(fateOf(fs, change, release)).toBe(fate);
  });

  test('is a wait that no unmap ends, as VFIO does not give the page back', () => {
    for (const release of ['4.19', '5.10', '6.1', '7.3']) {
      const kernel = parseKernelVersion(release);
      for (const file of ['fsdax-ext4', 'fsdax-xfs'] as const)
        expect(waitsAfterUnmap({ pinning: 'gup-fast', kernel }, file), release).toBe(true);
    }
  });

  test('is nothing at all where the pin is refused', () => {
    for (const release of ['4.15', '6.1', '7.3']) {
      const kernel = parseKernelVersion(release);
      const { fate } = expectFate({ pinning: 'longterm', kernel }, 'fsdax-xfs', 'unlink');
      expect(fate).toBe('harmless');
    }
  });
});

type Steps = Readonly<Record<string, Partial<AgentRecord> | undefined>>;

const check = checks.find(({ name }) => name === 'truncate-harm');
const one: CheckContext = { ...context, backings: ['fsdax-ext4'] };
const part = { backing: 'fsdax-ext4', off: 0, len: 16384, dax: true, fstype: '0xef53' };
const shared: Steps = {
  buffer: { parts: [{ ...part, persistent: true, kernelPageSize: 4096, anonHugePages: 0 }] },
  block: { block: '0x1000', size: 16384 },
};

const waiting: Partial<AgentRecord> = {
  ...{ state: 'waiting', task: 'S', wchan: null },
  stack: ['ext4_break_layouts', 'ext4_setattr', 'do_syscall_64'],
};
const elsewhere: Partial<AgentRecord> = {
  ...{ state: 'waiting', task: 'D', wchan: 'jbd2_log_wait_commit' },
  stack: ['jbd2_log_wait_commit', 'ext4_setattr', 'do_syscall_64'],
};
const nameless: Partial<AgentRecord> = { ...waiting, stack: [] };
const waits: Steps = {
  ...shared,
  map: {},
  change: waiting,
  interrupt: { state: 'returned', returned: 'EINTR' },
  'block-kept': shared['block'],
  'change-again': waiting,
  unmap: { unmapped: 4096 },
  unmapped: waiting,
  'interrupt-again': { state: 'returned', returned: 'EINTR' },
};

const bytes = { off: 8192, ownBytes: '0102', otherBytes: 'a1a2' };
const refused: Partial<AgentRecord> = { ok: false, errno: 95, error: 'EOPNOTSUPP' };
const harmless: Steps = {
  ...shared,
  map: refused,
  change: { state: 'returned', returned: '0' },
  claim: { block: '0x1000', off: 8192 },
  dma: {},
  claimed: { ...bytes, own: 4096, other: 0, found: '0102' },
  device: { equal: true },
};
const overwrites: Steps = {
  ...harmless,
  map: {},
  claimed: { ...bytes, own: 0, other: 2048, found: 'a1a2' },
};

function legOf(variant: Variant, steps: (change: string) => Steps): Leg {
  const index = variant === 'before' ? 0 : 1;
  return {
    ...{ boot: 0, index, variant, patched: index === 1 },
    record: (id) => {
      const [, row = '', step = ''] = id.split('.');
      const fields = steps(row.replace('ext4-', ''))[step];
      return fields && { seq: 0, op: step, ok: true, ns: 1, ...fields };
    },
  };
}

/** What comes of it where each call before goes as `before` says, the unlink as on 6.1, and each after as `after`. */
function judge(before: Steps, after: Steps, asked = one, unlink = overwrites) {
  const legs = [
    legOf('before', (change) => (change === 'unlink' ? unlink : before)),
    legOf('after', () => after),
  ];
  const judged = check?.judge(legs, asked);
  const truncate = judged?.result.cases?.[0];
  return { ...judged?.result, assumptions: judged?.assumptions, truncate };
}

describe('the check of what a pin does to a file system', () => {
  test('passes with sentences that can be quoted', () => {
    const { verdict, says, truncate } = judge(waits, harmless);
    expect(verdict).toBe('pass');
    expect(says?.[0]).toBe(
      'Before the patch, with a page of the file pinned for the device: truncate, hole punch and collapse (ext4) waited in ext4_break_layouts() until a signal came, even after the unmap; unlink (ext4) returned, and the device wrote into the file that got the block.',
    );
    expect(truncate?.before.evidence).toEqual([
      'asleep interruptibly in ext4_break_layouts()',
      'called by ext4_setattr',
      'a signal ended it with EINTR, the file as it was',
      'tried again, it waited after the unmap too',
    ]);
  });

  test('takes a signal for a name where a kernel names no function', () => {
    const unnamed = { change: nameless, 'change-again': nameless, unmapped: nameless };
    const { verdict, truncate } = judge({ ...waits, ...unnamed }, harmless);
    expect(verdict).toBe('pass');
    expect(truncate?.before.evidence?.[0]).toBe(
      'asleep interruptibly in a function that the kernel does not name',
    );
  });

  test('says nothing of harm where the pin is refused before the patch already', () => {
    const ruled: CheckContext = { ...one, pinning: { before: 'longterm', after: 'longterm' } };
    const { verdict, says, notes } = judge(harmless, harmless, ruled, harmless);
    expect(verdict).toBe('pass');
    expect(says).toEqual([
      'The pin is refused without the patch already, and still is with it: every call returned at once, and the file that got the block kept every byte, though the device was told to write there.',
    ]);
    expect(notes).toEqual([]);
  });

  test('shows the bytes where a kernel lets the block go', () => {
    const old = { ...one, kernel: parseKernelVersion('4.15') };
    const { verdict, truncate } = judge(overwrites, harmless, old);
    expect(verdict).toBe('pass');
    expect(truncate?.before.evidence).toEqual([
      'block 0x1000 went to another file, as its byte 8192',
      'its owner wrote  01 02 …',
      'it reads now     a1 a2 …',
      'the device wrote a1 a2 … (2048 bytes)',
    ]);
  });

  test.each<[string, Steps, string]>([
    ['that pins still', { ...waits }, 'was asked of a page that the device was given'],
    ['that keeps a page', { ...waits, map: refused }, 'waits, even after the unmap, where a page'],
    [
      'that leaves the mapping in place',
      { ...overwrites, map: refused },
      'overwrites another file, where a page',
    ],
  ])('fails a patch %s', (_, after, reason) => {
    expect(judge(waits, after)).toMatchObject({
      verdict: 'fail',
      reason: expect.stringContaining(reason) as string,
    });
  });

  test.each<[string, Steps, string]>([
    ['returns', { ...overwrites }, 'returns, where from 4.19 on ext4 waits'],
    [
      'waits elsewhere',
      { ...waits, change: elsewhere },
      'waited too long for something else (change)',
    ],
    [
      'waits elsewhere once it is unmapped',
      { ...waits, unmapped: elsewhere },
      'waited too long for something else (unmapped)',
    ],
    [
      'waits in no function it names, and for no signal',
      { ...waits, change: nameless, interrupt: nameless },
      'waited too long for something else (change)',
    ],
    ['ends with the unmap', { ...waits, unmapped: harmless['change'] }, 'waits until the unmap'],
    ['ends otherwise', { ...waits, interrupt: harmless['change'] }, 'returned 0 instead of EINTR'],
    [
      'changes the file though',
      { ...waits, 'block-kept': { ...shared['block'], size: 0 } },
      'changed the file all the same',
    ],
    ['is deaf', { ...waits, interrupt: waiting }, 'waits, a signal does not end it, where'],
    ['is not asked', { ...waits, change: undefined }, 'could not be asked'],
    ['is not tried again', { ...waits, unmapped: undefined }, 'was not asked again'],
  ])('says nothing where a kernel before the patch %s', (_, before, reason) => {
    expect(judge(before, harmless)).toMatchObject({
      verdict: 'invalid',
      reason: expect.stringContaining(reason) as string,
    });
  });

  test.each<[string, Steps]>([
    ['another block was taken', { ...harmless, claim: { block: '0x2000', off: 0 } }],
    ['the block was not taken', { ...harmless, claim: { ok: false, error: 'EBUSY' } }],
    ['the device did nothing', { ...harmless, dma: { ok: false, error: 'ENODEV' } }],
    ['nobody looked', { ...harmless, claimed: undefined }],
    [
      'a call sleeps for the journal',
      { ...harmless, change: elsewhere, interrupt: harmless['change'] },
    ],
    ['a call sleeps who knows where', { ...harmless, change: nameless, interrupt: nameless }],
  ])('says nothing of a patch where %s', (_, after) => {
    expect(judge(waits, after).verdict).toBe('invalid');
  });

  test('assumes that the device writes where it may', () => {
    const { assumptions } = judge(waits, { ...harmless, device: { equal: false } });
    expect(assumptions?.filter(({ held }) => !held)).toEqual([
      expect.objectContaining({ name: 'the device writes (leg 2 after, truncate)' }),
    ]);
  });

  test('never leaves a file to an unlink that may not come back', () => {
    const plan = formatPlan(check?.plan('before', { ...one, device: '0000:00:03.0' }, 0) ?? []);
    const releases = plan.match(/^release name=\S+-file .*$/gm) ?? [];
    expect(releases).toHaveLength(4);
    expect(releases.every((line) => line.endsWith('file=keep'))).toBe(true);
    expect(plan.match(/^change-interrupt/gm)).toHaveLength(7);
  });
});
