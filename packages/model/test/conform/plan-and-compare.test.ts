import { describe, expect, test } from 'vitest';
import { compareSequence, planSequence, walk, type Compared } from '../../src/conform/index.ts';
import { rulesForMaking } from '../../src/conform/generate.ts';
import { accountsOf } from '../../src/conform/accounts.ts';
import { PIECE, seedOf } from '../../src/conform/layout.ts';
import { formatPlan } from '../../src/plan.ts';
import type { AgentRecord } from '../../src/record.ts';
import { parseSequence, type Result, type World } from '../../src/world/index.ts';

const rules = rulesForMaking({ major: 6, minor: 1 });
const names = { id: (step: string) => `s.${step}`, name: (what: string) => `b-${what}` };

const walked = (text: string) => walk(parseSequence(text), rules);
const planOf = (text: string): string[] =>
  formatPlan(planSequence(walked(text), names, '0000:00:03.0'))
    .trimEnd()
    .split('\n');

const pinned = `
  mmap area=0 parts=anon:8K,fsdax-ext4:4K share=shared prot=rw touch=write
  map area=0 at=1 first=1 count=1 prot=ro limit=4`;

describe('the plan of a sequence', () => {
  test('opens the device, does each operation, and takes all of it back', () => {
    expect(planOf(pinned)).toEqual([
      'buffer id=s.bounce name=b-bounce parts=anon:8192 share=shared describe=none',
      'fill buffer=b-bounce off=0 len=2048 seed=94',
      'vfio-open id=s.open device=0000:00:03.0',
      'map-watched id=s.open-bounce iova=0x800000 buffer=b-bounce',
      'mmap-probe id=s.open-probe',
      'counters id=s.start',
      'buffer id=s.0.answer name=b-0 parts=anon:8192,fsdax-ext4:4096 share=shared prot=rw touch=write describe=none',
      // The limit is that of the sequence and the two pages of the bounce buffer.
      'map-watched id=s.1.answer iova=0x1001000 buffer=b-0 off=8192 len=4096 prot=ro memlock=24576',
      'mmap-probe id=s.1.probe',
      'counters id=s.1.counters',
      'vfio-close id=s.end-close driver=keep',
      'counters id=s.end',
      // Its file has a page that VFIO never gave back.
      'release id=s.end-release-0 name=b-0 file=keep',
      'reset file=keep driver=keep',
    ]);
  });

  const middle = (text: string, from: number): string[] => planOf(text).slice(from, -4);

  test('asks what a process or a device finds there', () => {
    const text = `
      mmap area=1 parts=anon:8K share=private prot=rw touch=none
      load area=1 part=0
      store area=1 part=0
      map area=1 at=0 first=0 count=1 prot=rw
      dma-read area=1 at=0
      dma-write area=1 at=0`;
    const seeds = 'zero,11,22,33,15,94';
    expect(planOf(text).slice(7, 11)).toEqual([
      'touch id=s.1.touch buffer=b-0 off=0 len=8192 how=read',
      `which id=s.1.answer buffer=b-0 off=0 len=2048 seeds=${seeds}`,
      'touch id=s.2.touch buffer=b-0 off=0 len=8192 how=write',
      'fill id=s.2.answer buffer=b-0 off=0 len=2048 seed=11',
    ]);
    expect(middle(text, 14)).toEqual([
      'dma-copy id=s.4.copy from=0x2000000 to=0x801000 len=2048',
      `which id=s.4.answer buffer=b-bounce off=4096 len=2048 seeds=${seeds}`,
      'dma-copy id=s.5.answer from=0x800000 to=0x2000000 len=2048',
    ]);
  });

  test('ends what waits by a signal, and has another file take a block that is lost', () => {
    const waits = planOf(`${pinned.replace('ro limit=4', 'rw')}\ntruncate area=0 part=1`);
    expect(waits).toContain('change id=s.2.answer file=/mnt/ext4-dax/pinbench-b-0-1 do=truncate');
    expect(waits).toContain('change-interrupt id=s.2.interrupt');
    const taken = planOf(`${pinned.replace('ro limit=4', 'rw')}
      munmap area=0
      truncate area=0 part=1
      create area=0 part=1
      dma-write area=0 at=1`);
    expect(taken.slice(11, 19)).toEqual([
      'settle folder=/mnt/ext4-dax',
      'block id=s.3.block file=/mnt/ext4-dax/pinbench-b-0-1',
      'change id=s.3.answer file=/mnt/ext4-dax/pinbench-b-0-1 do=truncate',
      'change-interrupt id=s.3.interrupt',
      'claim id=s.4.answer file=/mnt/ext4-dax/b-4-other seed=15',
      'dma-copy id=s.5.answer from=0x800000 to=0x1001000 len=2048',
      'claimed id=s.5.claimed file=/mnt/ext4-dax/b-4-other seed=15 other=94',
      'vfio-close id=s.end-close driver=keep',
    ]);
  });
});

const taken = { ok: false, error: 'EBUSY', at: 'block' };

/** Counters of a guest that holds nothing, or some pages more. */
const counters = (pages = 0, entries = 0): Partial<AgentRecord> => ({
  ...{ vmlck: 4 * pages, vmpin: 0, foll_pin_acquired: 100 + pages, foll_pin_released: 100 },
  dma_avail: 10 - entries,
});

/** A guest that answers as the model has it, but for what is given. */
function compare(text: string, given: Record<string, Partial<AgentRecord> | undefined>) {
  const walk = walked(text);
  const plan = planSequence(walk, { ...names, id: (step) => step }, '0000:00:03.0');
  const records = new Map(
    plan.flatMap(({ op, id }, seq): [string, AgentRecord][] =>
      id === undefined || (id in given && given[id] === undefined)
        ? []
        : [[id, { seq, op, id, ok: true, ns: 1, ...given[id] }]],
    ),
  );
  return compareSequence(walk, (step) => records.get(step), rules);
}

/** The answers of a kernel that does as the model says. */
function goodAnswers(text: string): Record<string, Partial<AgentRecord>> {
  const walk = walked(text);
  const held = (world: World): Partial<AgentRecord> => {
    const { locked, pinned, entries } = accountsOf(world, rules);
    const bounced = world.open ? 2 : 0;
    return {
      ...{ vmlck: 4 * (locked + bounced), vmpin: 0, foll_pin_released: 100 },
      ...{
        foll_pin_acquired: 100 + pinned + bounced,
        dma_avail: typeof entries === 'number' ? 10 - entries : null,
      },
    };
  };
  const claimed = { off: 0, own: 0, other: PIECE, ownBytes: '', otherBytes: '', found: '' };
  const steps = walk.steps.flatMap(({ index, result, after }) => [
    [`${index}.answer`, answerOf(result)],
    [`${index}.counters`, held(after)],
    [`${index}.claimed`, claimed],
    [`${index}.interrupt`, { state: 'returned', returned: 'EINTR' }],
  ]);
  const unlinked = planSequence(walk, { ...names, id: (step) => step }, '0000:00:03.0').flatMap(
    ({ op, id }) => (op === 'change' ? [[id, { state: 'returned', returned: '0' }]] : []),
  );
  return {
    ...(Object.fromEntries(unlinked) as Record<string, Partial<AgentRecord>>),
    ...(Object.fromEntries(steps) as Record<string, Partial<AgentRecord>>),
    start: counters(2),
    end: { ...held(walk.takenBack), dma_avail: null },
  };
}

function answerOf(result: Result): Partial<AgentRecord> {
  switch (result.outcome) {
    case 'read':
      return { seed: seedOf(result.content) };
    case 'unmapped':
      return { unmapped: result.pages * 4096 };
    case 'waits':
      return { state: 'waiting', task: 'S', wchan: null, stack: [] };
    default:
      return { state: 'returned', returned: '0' };
  }
}

describe('what a guest answered', () => {
  const text = `
    mmap area=0 parts=anon:8K share=private prot=rw touch=write
    map area=0 at=0 first=0 count=1 prot=rw`;
  const right = {
    start: counters(2),
    '1.counters': counters(4, 1),
    end: { ...counters(0), dma_avail: null },
  };

  test('is as the model has it', () => {
    expect(compare(text, right)).toEqual({ operations: 2 });
  });

  test.each([
    [
      'another answer',
      { '1.answer': { ok: false, error: 'EOPNOTSUPP', at: 'VFIO_IOMMU_MAP_DMA' } },
      { kind: 'answer', expected: 'mapped', seen: 'refused EOPNOTSUPP' },
    ],
    [
      'locked memory',
      { '1.counters': { ...counters(4, 1), vmlck: 12 } },
      { kind: 'VmLck', expected: '2 pages', seen: '1 pages' },
    ],
    [
      'pins',
      { '1.counters': { ...counters(4, 1), foll_pin_acquired: 105 } },
      { kind: 'pins', expected: '2 pages', seen: '3 pages' },
    ],
    [
      'entries',
      { '1.counters': counters(4, 0) },
      { kind: 'entries', expected: '1 mappings', seen: '0 mappings' },
    ],
    [
      'the lock of the address space',
      { '1.probe': { ok: false, hung: true } },
      { kind: 'lock', expected: 'mmap_lock is free', seen: 'mmap_lock is kept' },
    ],
  ])('differs in %s', (_what, wrong, difference) => {
    expect(compare(text, { ...right, ...wrong })).toEqual({
      operations: 2,
      difference: expect.objectContaining({
        index: 1,
        operation: 'map area=0 at=0 first=0 count=1 prot=rw',
        ...difference,
      }) as unknown,
    });
  });

  test('differs in what stays once all is taken back', () => {
    const left = { ...right, end: { ...counters(1), dma_avail: null } };
    expect(compare(text, left).difference).toEqual({
      operation: 'all is taken back',
      ...{ kind: 'VmLck', expected: '0 pages', seen: '1 pages' },
    });
    const kept = { ...right, 'end-release-0': { kept: 1 } };
    expect(compare(text, kept).difference).toMatchObject({ kind: 'kept' });
  });

  /** All that a sequence asks is in one of these; `ok: false` alone is no answer that any operation may give. */
  const everything = [
    `mmap area=0 parts=fsdax-ext4:8K share=shared prot=rw touch=write
    load area=0 part=0
    store area=0 part=0
    map area=0 at=0 first=0 count=1 prot=rw
    dma-read area=0 at=0
    close
    truncate area=0 part=0
    fork
    munmap area=0
    open`,
    `mmap area=0 parts=fsdax-ext4:4K share=shared prot=rw touch=write
    map area=0 at=0 first=0 count=1 prot=rw
    munmap area=0
    truncate area=0 part=0
    create area=0 part=0
    dma-write area=0 at=0`,
    `mmap area=0 parts=fsdax-ext4:4K,page-cache:4K share=shared prot=rw touch=write
    map area=0 at=0 first=0 count=1 prot=rw
    fork
    child-store area=0 part=1
    child-load area=0 part=1
    exit
    unmap area=0 at=0 pages=1`,
  ];
  const asked = everything.flatMap((text) => {
    const plan = planSequence(walked(text), { ...names, id: (step) => step }, '0000:00:03.0');
    return plan.flatMap(({ id }) => (id === undefined ? [] : [{ text, id }]));
  });

  test.each(asked)('has every record in it: $id', ({ text, id }) => {
    const bytes = goodAnswers(text);
    expect(compare(text, bytes)).toEqual({ operations: walked(text).steps.length });
    expect(compare(text, { ...bytes, [id]: { ...bytes[id], ok: false } })).toHaveProperty(
      'difference',
    );
  });

  test('is a signal of the read that a touch begins with, where nothing may be written', () => {
    const text = `
      mmap area=0 parts=page-cache:12K share=shared prot=ro touch=read
      truncate area=0 part=0
      store area=0 part=0`;
    const touched = (at: string): Compared =>
      compare(text, {
        ...goodAnswers(text),
        '2.answer': { ok: false, at: 'SIGSEGV' },
        '2.touch': { ok: false, at },
      });
    expect(touched('SIGBUS')).toEqual({ operations: 3 });
    expect(touched('SIGSEGV').difference).toMatchObject({ index: 2, kind: 'step' });
  });

  test('is held at its end alone, once another file has the block', () => {
    const text = everything[1] ?? '';
    const answers: Record<string, Partial<AgentRecord>> = {
      ...goodAnswers(text),
      ...{ '4.answer': taken, '5.claimed': { ok: false } },
    };
    expect(compare(text, answers)).toEqual({ operations: 4, brokenOff: true });
    const kept = { ...answers['end'], vmlck: 4 };
    expect(compare(text, { ...answers, end: kept })).toMatchObject({
      brokenOff: true,
      difference: { kind: 'VmLck', expected: '0 pages', seen: '1 pages' },
    });
    expect(compare(text, { ...answers, 'end-close': { ok: false, error: 'EIO' } })).toMatchObject({
      difference: { kind: 'step' },
    });
    expect(compare(text, { ...answers, end: undefined })).toHaveProperty('cutOff', true);
  });

  test('says nothing where the guest ended before', () => {
    expect(compare(text, { ...right, '1.answer': undefined })).toEqual({
      operations: 1,
      cutOff: true,
    });
    expect(compare(text, { ...right, start: undefined })).toEqual({ operations: 0, cutOff: true });
  });

  test('what a kernel does not count is not held against it', () => {
    const uncounted = { foll_pin_acquired: null, foll_pin_released: null, dma_avail: null };
    expect(
      compare(text, {
        start: { ...counters(2), ...uncounted },
        '1.counters': { ...counters(4), ...uncounted },
        end: { ...counters(0), ...uncounted },
      }),
    ).toEqual({ operations: 2 });
  });
});
