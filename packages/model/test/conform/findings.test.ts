import { describe, expect, test } from 'vitest';
import {
  conformanceOf,
  describeRounds,
  findingsIn,
  allFound,
  findingsOf,
  legsOf,
  likenessOf,
  parseSequence,
  passOf,
  storyIn,
  type AgentRecord,
  type CheckResult,
  type Difference,
  type Finding,
  type Found,
  type Guest,
  type Leg,
  type LegFindings,
} from '../../src/index.ts';
import { context } from '../scripted-kernel.ts';

const difference = (change: Partial<Difference> = {}): Difference => ({
  index: 1,
  operation: 'map area=0 at=0 first=0 count=1 prot=rw',
  kind: 'answer',
  expected: 'refused EOPNOTSUPP',
  seen: 'mapped',
  ...change,
});

describe('sequences go wrong alike', () => {
  const likeness = (finding: Finding): string => likenessOf(finding);

  test('when the same thing differs, wherever it does and by however many pages', () => {
    const locked = { kind: 'VmLck', expected: '0 pages', seen: '7 pages' };
    expect(likeness({ difference: difference(locked) })).toBe(
      likeness({ difference: difference({ ...locked, index: 9, seen: '512 pages' }) }),
    );
    expect(likeness({ end: 'oops' })).toBe(likeness({ end: 'oops' }));
  });

  test.each<[Finding, Finding]>([
    [{ difference: difference() }, { difference: difference({ seen: 'refused EFAULT' }) }],
    [{ difference: difference() }, { difference: difference({ kind: 'pins' }) }],
    [{ difference: difference() }, { end: 'oops' }],
    [{ end: 'oops' }, { end: 'hang' }],
  ])('not: %j and %j', (one, other) => {
    expect(likeness(one)).not.toBe(likeness(other));
  });
});

describe('where a guest ends', () => {
  const right = { operations: 3 };
  const cut = { operations: 1, cutOff: true as const };
  const never = { operations: 0, cutOff: true as const };

  test('the sequence that it was at is to blame, and of the others nothing is known', () => {
    expect(findingsOf([right, cut, never], 'oops')).toEqual(['right', { end: 'oops' }, undefined]);
  });

  test('unless the one before it has gone wrong, which is what ended it', () => {
    const wrong = { operations: 2, difference: difference({ kind: 'lock' }) };
    expect(findingsOf([right, wrong, never], 'stuck')).toEqual([
      'right',
      { difference: wrong.difference },
      undefined,
    ]);
  });

  test('for no reason of its own, nothing is known of the rest', () => {
    expect(findingsOf([right, never])).toEqual(['right', undefined]);
  });
});

describe('what is shrunk first', () => {
  const sequences = [parseSequence('fork'), parseSequence('close')];
  const leg = (variant: Found['variant'], findings: LegFindings['findings']): LegFindings => ({
    ...{ variant, findings },
    compared: [],
  });
  const wrong: Finding = { difference: difference() };

  test('is what differs after the patch and not before it', () => {
    const legs = [leg('before', ['right', 'right']), leg('after', ['right', wrong])];
    expect(allFound(sequences, legs)[0]).toMatchObject({ number: 1, variant: 'after' });
  });

  test('is what differs before it, where both do alike', () => {
    const legs = [leg('before', [wrong, 'right']), leg('after', [wrong, 'right'])];
    expect(allFound(sequences, legs)[0]).toMatchObject({ number: 0, variant: 'before' });
  });

  test('is what differs after it in another way', () => {
    const other: Finding = { difference: difference({ seen: 'refused EFAULT' }) };
    const legs = [leg('before', [wrong, 'right']), leg('after', [other, 'right'])];
    expect(allFound(sequences, legs)[0]).toMatchObject({ number: 0, variant: 'after' });
  });

  test('is nothing where nothing does', () => {
    const legs = [leg('before', ['right', undefined]), leg('after', ['right', 'right'])];
    expect(allFound(sequences, legs)).toEqual([]);
  });
});

describe('a sequence told by a guest', () => {
  const sequence = parseSequence('fork\nexit\nfork');
  const check = conformanceOf([sequence], { variants: ['after'] });

  /** Answers of a guest; an operation whose record it lacks was not come to. */
  const guest = (
    records: Record<string, Partial<AgentRecord>>,
    end: Guest['end']['kind'],
  ): Guest => {
    const counters = {
      vmlck: 0,
      vmpin: 0,
      dma_avail: 5,
      foll_pin_acquired: 0,
      foll_pin_released: 0,
    };
    const frame = ['bounce', 'open', 'open-bounce', 'open-probe', 'start'];
    const all = { ...Object.fromEntries(frame.map((step) => [step, {}])), ...records };
    return {
      ...{ job: { checks: [check], boot: 0, only: 'after' as const }, plan: [], console: [] },
      ...{ splats: [], end: { kind: end, message: end } },
      records: [
        { seq: 0, op: 'write', id: '0.marker.conformance', ok: true, ns: 0 },
        ...Object.entries(all).map(([step, record], index) => ({
          ...{ seq: index + 1, op: 'counters', ok: true, ns: 0, ...counters },
          ...{ id: `0.conformance.0.${step}`, ...record },
        })),
      ],
    };
  };

  test('says of each operation what came of it, and where it is not what the model says', () => {
    const failed = guest(
      {
        '0.answer': { op: 'fork' },
        '1.answer': { op: 'child-exit' },
        '2.answer': { op: 'fork', ok: false, at: 'fork', error: 'EBUSY' },
      },
      'completed',
    );
    const [leg] = legsOf(failed.job, failed.records);
    expect(storyIn(leg!, sequence, 0, context)).toEqual([
      { operation: 'fork', expected: 'done', seen: 'done', differs: false },
      { operation: 'exit', expected: 'done', seen: 'done', differs: false },
      { operation: 'fork', expected: 'done', seen: 'EBUSY from fork', differs: true },
    ]);
    const [findings] = findingsIn(failed, [sequence], context);
    expect(findings?.findings).toMatchObject([{ difference: { index: 2, kind: 'answer' } }]);
  });

  test('keeps the place of an operation that was not asked, and says why', () => {
    const done = guest(
      { '0.answer': { op: 'fork' }, '2.answer': { op: 'child-exit' } },
      'completed',
    );
    const [leg] = legsOf(done.job, done.records);
    const asked = parseSequence('fork\nmunmap area=1\nexit');
    expect(storyIn(leg!, asked, 0, context).slice(0, 3)).toMatchObject([
      { operation: 'fork', seen: 'done' },
      { operation: 'munmap area=1', notAsked: 'area 1 is not mapped', differs: false },
      { operation: 'exit', seen: 'done' },
    ]);
  });

  test('ends where the guest did', () => {
    const ended = guest({ '0.answer': { op: 'fork' } }, 'oops');
    const [leg] = legsOf(ended.job, ended.records);
    expect(storyIn(leg!, sequence, 0, context).map(({ seen }) => seen)).toEqual([
      'done',
      undefined,
      undefined,
    ]);
    expect(findingsIn(ended, [sequence], context)[0]?.findings).toEqual([{ end: 'oops' }]);
  });

  test('says where another file broke it off, and is no pass then', () => {
    const lost = parseSequence(`
      mmap area=0 parts=fsdax-ext4:4K share=shared prot=rw touch=write
      map area=0 at=0 first=0 count=1 prot=rw
      munmap area=0
      truncate area=0 part=0
      create area=0 part=0
      dma-write area=0 at=0`);
    const unlimited = { ...context, pinning: { before: 'gup-fast', after: 'gup-fast' } } as const;
    const replayed = conformanceOf([lost], { variants: ['after'] });
    const none = { vmlck: 0, vmpin: 0, foll_pin_acquired: 0, foll_pin_released: 0 };
    const at = { ...none, vmlck: 8, foll_pin_acquired: 2, dma_avail: 5 };
    const records: Record<string, Partial<AgentRecord>> = {
      ...{ bounce: {}, open: {}, 'open-bounce': {}, 'open-probe': {}, start: at },
      ...{ '0.answer': {}, '1.answer': { op: 'map-watched' }, '2.answer': {} },
      '1.counters': { ...at, foll_pin_acquired: 3, dma_avail: 4 },
      '3.answer': { op: 'change', state: 'returned', returned: '0' },
      '4.answer': { op: 'claim', ok: false, at: 'block', error: 'EBUSY' },
      end: { ...none, dma_avail: null },
    };
    const leg: Leg = {
      ...{ boot: 0, index: 0, variant: 'after', patched: true },
      record: (id) => {
        const record = records[id.replace('conformance.0.', '')];
        return record && { seq: 0, op: '-', id, ok: true, ns: 0, ...record };
      },
    };
    const told = storyIn(leg, lost, 0, unlimited);
    expect(told.filter(({ differs }) => differs)).toEqual([]);
    expect(told.slice(4)).toEqual([
      {
        operation: 'create area=0 part=0',
        ...{ expected: 'done', seen: 'another file has the block: nothing more is said' },
        differs: false,
      },
    ]);
    expect(replayed.judge([leg], unlimited).result).toMatchObject({
      verdict: 'invalid',
      reason: 'after: broken off: another file has the block',
      cases: [{ after: { saw: '4 operations, no difference; 1 sequence broken off' } }],
    });
  });

  test('begins with what went wrong before the first', () => {
    const refused = { op: 'map-watched', ok: false, at: 'VFIO_IOMMU_MAP_DMA', error: 'EOPNOTSUPP' };
    const none = guest({ 'open-bounce': refused }, 'completed');
    const [leg] = legsOf(none.job, none.records);
    expect(storyIn(leg!, sequence, 0, context)).toMatchObject([
      { operation: 'at the start: map-watched', differs: true },
    ]);
  });
});

describe('rounds that all passed', () => {
  const rounds = [
    { seed: 3, sequences: 20, operations: { before: 200, after: 180 } },
    { seed: 4, sequences: 21, operations: { before: 210, after: 190 } },
  ];

  test('are told as one', () => {
    expect(describeRounds(rounds)).toEqual({
      name: '41 sequences, seeds 3 to 4',
      ...{ told: '41 sequences', seeds: 'seeds 3 to 4' },
      operations: { before: 410, after: 370 },
    });
    expect(describeRounds([{ seed: 1, sequences: 1, operations: { after: 9 } }])).toEqual({
      name: '1 sequence, seed 1',
      ...{ told: '1 sequence', seeds: 'seed 1' },
      operations: { after: 9 },
    });
  });

  test('count the sequences that another file broke off', () => {
    const cell = { saw: '-', expected: '-', why: '-', verdict: 'pass' as const };
    const check: CheckResult = {
      ...{ name: 'conformance', title: '-', verdict: 'pass', notes: [] },
      cases: [{ name: '-', before: cell, after: cell, verdict: 'pass' }],
    };
    const broken = rounds.map((round) => ({ ...round, brokenOff: { before: 1, after: 0 } }));
    expect(passOf(check, broken).cases?.[0]).toMatchObject({
      before: { saw: '410 operations, no difference; 2 sequences broken off' },
      after: { saw: '370 operations, no difference' },
    });
  });

  test('make one result', () => {
    const cell = { saw: '180 operations, no difference', expected: '-', why: '-' };
    const asked = { ...cell, verdict: 'pass' as const };
    const check: CheckResult = {
      ...{ name: 'conformance', title: '-', verdict: 'pass', notes: [] },
      cases: [{ name: '20 sequences', before: asked, after: asked, verdict: 'pass' }],
    };
    const passed = passOf(check, rounds);
    expect(passed.cases?.[0]).toMatchObject({
      name: '41 sequences, seeds 3 to 4',
      before: { saw: '410 operations, no difference' },
      after: { saw: '370 operations, no difference' },
    });
    expect(passed.says).toEqual([
      'In 41 sequences of operations, 410 operations before and 370 operations after, the kernel did what the model says (seeds 3 to 4).',
    ]);
  });
});
