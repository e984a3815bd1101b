import { describe, expect, test } from 'vitest';
import {
  backings,
  judgeRun,
  type AgentRecord,
  type CheckContext,
  type CheckResult,
} from '../src/index.ts';
import { unwind } from '../src/checks/unwind/index.ts';
import { parseKernelVersion } from '../src/kernel-version.ts';
import { context, rightPatch, scriptedGuest, swapped, type Pins } from './scripted-kernel.ts';

const asked: CheckContext = { ...context, backings: [...backings] };

function judge(
  pins: Pins,
  edit: (record: AgentRecord) => AgentRecord = (record) => record,
  told = asked,
): CheckResult {
  const guest = scriptedGuest({ checks: [unwind], boot: 0 }, pins, edit, told);
  return judgeRun({
    policies: [],
    checks: [unwind],
    context: told,
    guests: [guest],
    subject: swapped,
  }).checks[0]!;
}

/** The right patch, on which one record, after it, is not as it should be. */
const judgeWith = (id: string, wrong: Partial<AgentRecord>): CheckResult =>
  judge(rightPatch, (record) =>
    record.id === `1.unwind.${id}` ? { ...record, ...wrong } : record,
  );

const interrupted = { ok: false, errno: 4, error: 'EINTR', at: 'fallocate' };
const noMemory = { ok: false, errno: 12, error: 'ENOMEM', at: 'VFIO_IOMMU_MAP_DMA' };

describe('ranges that are refused half way', () => {
  test('pass where nothing is left behind, with what a reviewer can quote', () => {
    const { verdict, says, cases } = judge(rightPatch);
    expect(verdict).toBe('pass');
    expect(says).toHaveLength(2);
    expect(cases?.map(({ before, after }) => `${before.saw}; ${after.saw}`)).toMatchInlineSnapshot(`
      [
        "mapped; refused EOPNOTSUPP",
        "mapped; refused EOPNOTSUPP",
        "mapped; refused EOPNOTSUPP",
        "mapped; refused EOPNOTSUPP",
        "mapped; refused EOPNOTSUPP",
        "mapped; refused EOPNOTSUPP",
        "mapped; refused EOPNOTSUPP",
        "mapped; refused EOPNOTSUPP",
        "mapped; refused EOPNOTSUPP",
        "refused ENOMEM; refused ENOMEM",
        "mapped; refused EOPNOTSUPP",
        "mapped, then all of the limit mapped; refused EOPNOTSUPP, then all of the limit mapped",
        "mapped; refused EOPNOTSUPP 10000 times",
      ]
    `);
  });

  test('fail where they are granted, named by where the memory lies', () => {
    expect(judge(() => undefined).reason).toMatch(/^after: anon, then fs-dax was pinned, where /);
    const onlyTheStart: Pins = (variant, parts) =>
      parts.startsWith('fsdax') ? rightPatch(variant, parts) : undefined;
    expect(judge(onlyTheStart).verdict).toBe('fail');
  });

  test.each<[string, Partial<AgentRecord>, string]>([
    ['anon-then-fs-dax.unmap', { unmapped: 65536 }, 'yet 65536 bytes were left mapped'],
    ['anon-then-fs-dax.end', { vmlck: 64 }, 'left something behind: VmLck +64 KiB'],
    ['fs-dax-then-anon.end', { foll_pin_acquired: 11 }, 'nr_foll_pin_released +1 pages'],
    ['anon-then-fs-dax.release', { kept: 1 }, '1 page that nobody maps any more'],
    ['anon-then-fs-dax.again-map', { ok: false, error: 'EEXIST' }, 'left its IOVA unusable'],
    ['anon-then-fs-dax-on-xfs.punch', interrupted, 'a hole punch waits for it'],
    ['hugetlb-then-fs-dax.released', { free_hugepages: 31 }, '1 huge page'],
    ['one-page-over-the-memlock-limit.map', { ok: true }, 'was pinned, where VFIO holds'],
    [
      'all-of-the-memlock-limit-fs-dax-last.map',
      noMemory,
      'VFIO_IOMMU_MAP_DMA and not with EOPNOTSUPP',
    ],
    ['refusals-under-the-memlock-limit.whole-map', noMemory, 'took from the memlock limit'],
    ['ten-thousand-in-a-row.loop', { refused: 9, mapped: true }, 'was pinned after 9 refusals'],
    ['ten-thousand-in-a-row.loop', { others: 1 }, '1 of 10000 refusals were not EOPNOTSUPP'],
    ['ten-thousand-in-a-row.end', { free_pages: 90_000 }, '10000 pages fewer are free'],
    ['ten-thousand-in-a-row.end', { dma_avail: 55_535 }, 'VFIO still takes -10000'],
    ['ten-thousand-in-a-row.end', { slab_unreclaimable: 9640 }, 'slabs have grown by 640 KiB'],
  ])('fail for %s with %j', (id, wrong, reason) => {
    const judged = judgeWith(id, wrong);
    expect([judged.verdict, judged.reason]).toEqual(['fail', expect.stringContaining(reason)]);
  });

  test('are not held against slabs where the kernel holds back what is freed', () => {
    const grown = (wrong: Partial<AgentRecord>) =>
      judge(
        rightPatch,
        (record) =>
          record.id === '1.unwind.ten-thousand-in-a-row.end' ? { ...record, ...wrong } : record,
        { ...asked, debugKernel: true },
      ).verdict;
    expect(grown({ slab_unreclaimable: 9640 })).toBe('pass');
    expect(grown({ free_pages: 90_000 })).toBe('fail');
  });

  test('say nothing where the limit could not be set', () => {
    const judged = judgeWith('one-page-over-the-memlock-limit.map', {
      ...{ ok: false, error: 'EINVAL', at: 'setrlimit' },
    });
    expect(judged.verdict).toBe('invalid');
  });

  test('say nothing where the file is not on persistent memory', () => {
    const part = { backing: 'fsdax-ext4', len: 4096, dax: true, fstype: '0xef53' };
    const parts = [{ ...part, persistent: false, kernelPageSize: 4096, anonHugePages: 0 }];
    const judged = judge(rightPatch, (record) =>
      record.id === '0.unwind.anon-then-fs-dax.buffer' ? { ...record, parts } : record,
    );
    expect(judged.verdict).toBe('invalid');
  });
});

test('no hole is punched where nothing would wait, nor on memory that is pinned', () => {
  const punches = (release: string, variant: 'before' | 'after') =>
    unwind
      .plan(variant, { ...asked, kernel: parseKernelVersion(release) }, 1)
      .filter(({ op }) => op === 'punch').length;
  expect(punches('6.1.0', 'before')).toBe(0);
  expect(punches('6.1.0', 'after')).toBeGreaterThan(9);
  expect(punches('4.18.0', 'after')).toBe(1);
  expect(punches('4.15.0', 'after')).toBe(0);
});
