import { describe, expect, test } from 'vitest';
import { backings } from '../../src/backing.ts';
import type { CheckContext, Leg } from '../../src/checks/check.ts';
import { conformance, conformanceOf } from '../../src/checks/conformance/index.ts';
import { usualConformance } from '../../src/checks/conformance/usual.ts';
import { formatPlan } from '../../src/plan.ts';
import type { AgentRecord } from '../../src/record.ts';
import type { Variant } from '../../src/result.ts';
import { parseSequence } from '../../src/world/index.ts';

const context: CheckContext = {
  kernel: { major: 6, minor: 1 },
  backings,
  clock: 'off',
  pinning: { before: 'gup-fast', after: 'longterm' },
  testModules: { before: new Map(), after: new Map() } as unknown as CheckContext['testModules'],
};
const device = '0000:00:03.0';

const check = conformanceOf([
  parseSequence(`
    mmap area=0 parts=anon:4K share=private prot=rw touch=write
    map area=0 at=0 first=0 count=1 prot=rw`),
]);

const counters = { vmlck: 8, vmpin: 0, foll_pin_acquired: 2, foll_pin_released: 0, dma_avail: 4 };
const right: Record<string, Partial<AgentRecord>> = {
  start: counters,
  '1.counters': { ...counters, vmlck: 12, foll_pin_acquired: 3, dma_avail: 3 },
  end: { ...counters, vmlck: 0, foll_pin_released: 2, dma_avail: null },
};
const refused = { ok: false, error: 'EOPNOTSUPP', at: 'VFIO_IOMMU_MAP_DMA' };

function leg(variant: Variant, wrong: Record<string, Partial<AgentRecord>> = {}): Leg {
  const index = variant === 'before' ? 0 : 1;
  const answers = { ...right, ...wrong };
  const records = new Map(
    check.plan(variant, { ...context, device }, index).map(({ op, id }, seq) => {
      const step = id?.replace('conformance.0.', '') ?? '';
      return [id, { seq, op, id, ok: true, ns: 1, ...answers[step] }] as [string, AgentRecord];
    }),
  );
  return {
    ...{ boot: 0, index, variant, patched: variant === 'after' },
    record: (id) => records.get(id),
  };
}

const judge = (before: Leg, after: Leg) => check.judge([before, after], context).result;

describe('a sequence that both variants were asked', () => {
  test('says how many operations went as the model has it', () => {
    expect(judge(leg('before'), leg('after'))).toMatchObject({
      verdict: 'pass',
      says: [
        'In 1 sequence of operations, 2 operations before and 2 operations after, the kernel did what the model says.',
      ],
    });
  });

  test('fails where only the patched kernel differs, and is told up to there', () => {
    const { verdict, reason, cases } = judge(leg('before'), leg('after', { '1.answer': refused }));
    expect(verdict).toBe('fail');
    expect(reason).toBe(
      'after: sequence 0, map area=0 at=0 first=0 count=1 prot=rw: refused EOPNOTSUPP, where the model has mapped, as the rule names only filesystem-DAX memory',
    );
    expect(cases?.[0]?.after.evidence).toEqual([
      'mmap area=0 parts=anon:4K share=private prot=rw touch=write',
      'map area=0 at=0 first=0 count=1 prot=rw',
      '# answer: expected mapped, seen refused EOPNOTSUPP',
    ]);
  });

  test.each([
    [
      'both differ alike',
      leg('before', { '1.answer': refused }),
      leg('after', { '1.answer': refused }),
    ],
    [
      'they differ in other ways',
      leg('before', { '1.answer': refused }),
      leg('after', { '1.counters': counters }),
    ],
    [
      'only the kernel without the patch differs',
      leg('before', { '1.answer': refused }),
      leg('after'),
    ],
  ])('says nothing where %s', (_how, before, after) => {
    expect(judge(before, after).verdict).toBe('invalid');
  });

  test('does not count where the limit of mappings could not be set', () => {
    const held = (limit: Partial<AgentRecord>): boolean[] =>
      check
        .judge([leg('before', { 'conformance.limit': limit })], context)
        .assumptions.map((assumption) => assumption.held);
    expect(held({})).toEqual([true]);
    expect(held({ ok: false, error: 'ENOENT' })).toEqual([false]);
  });
});

test('the plan of a seed is the same each time, and another for another seed', () => {
  const planOf = (seed: number): string =>
    formatPlan(conformance({ seed, sequences: 3 }).plan('after', { ...context, device }, 1));
  expect(planOf(1)).toBe(planOf(1));
  expect(planOf(2)).not.toBe(planOf(1));
});

test('is left out of a run of some backings, and on kernels that the model was not held against', () => {
  expect(usualConformance.skip(context)).toBeUndefined();
  expect(usualConformance.skip({ ...context, backings: ['anon'] })).toMatch('--backing');
  expect(usualConformance.skip({ ...context, kernel: { major: 4, minor: 15 } })).toMatch('5.10');
});
