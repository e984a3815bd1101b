import { describe, expect, test } from 'vitest';
import {
  backings,
  judgeRun,
  type AgentRecord,
  type Backing,
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
    expect(says).toMatchInlineSnapshot(`
      [
        "A range with filesystem-DAX memory in it is refused as a whole (anon, then fs-dax; fs-dax, then anon; anon, then fs-dax on xfs; one fs-dax page amid many; last page of the first 512; first page after 512; amid the second 512; hugetlb, then fs-dax; thp, then fs-dax), and no page stays pinned, nothing stays accounted for and the IOVA is free.",
        "Ten thousand refusals in a row leak no page, no pin, no locked memory and no kernel memory.",
        "Refusals take nothing from RLIMIT_MEMLOCK: all of it can be pinned afterwards.",
        "A range that is longer than RLIMIT_MEMLOCK by one page is refused for that, and leaves nothing behind.",
      ]
    `);
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
    ['ten-thousand-in-a-row.end', { free_pages: 99_936 }, '64 pages fewer are free'],
    ['ten-thousand-in-a-row.end', { slab_unreclaimable: 9064 }, 'slabs have grown by 64 KiB'],
    ['ten-thousand-in-a-row.warm', { others: 1 }, '1 of 100 refusals were not EOPNOTSUPP'],
    ['ten-thousand-in-a-row.warm-unmap', { unmapped: 8192 }, 'yet 8192 bytes were left mapped'],
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
      );
    const held = grown({ slab_unreclaimable: 9640, free_pages: 99_800 });
    expect(held.verdict).toBe('pass');
    expect(held.says).toContain(
      'Ten thousand refusals in a row leak no page, no pin and no locked memory.',
    );
    expect(grown({ slab_unreclaimable: 9640, free_pages: 99_700 }).verdict).toBe('fail');
  });

  test.each<[Backing[], string[]]>([
    [['anon'], ['A range that is longer than RLIMIT_MEMLOCK']],
    [
      ['anon', 'fsdax-xfs'],
      [
        'A range with filesystem-DAX memory in it is refused as a whole (anon, then fs-dax on xfs),',
      ],
    ],
    [
      ['fsdax-ext4', 'hugetlb'],
      ['A range with filesystem-DAX memory in it is refused as a whole (hugetlb,'],
    ],
  ])('say nothing of what was not asked: %j', (narrowed, starts) => {
    const { verdict, says } = judge(rightPatch, undefined, { ...asked, backings: narrowed });
    expect(verdict).toBe('pass');
    for (const start of starts) {
      expect(says?.filter((sentence) => sentence.startsWith(start))).toHaveLength(1);
    }
    const ranges = narrowed.length > 1 ? 1 : 0;
    const limits = narrowed.includes('anon') ? 1 : 0;
    expect(says).toHaveLength(ranges + limits);
  });

  test('note what cannot be seen only where something was refused', () => {
    const old = (backings: CheckContext['backings']) =>
      judge(rightPatch, undefined, { ...asked, backings, kernel: parseKernelVersion('4.15.0') })
        .notes;
    expect(old(['anon'])).toEqual([]);
    expect(old(['anon', 'fsdax-ext4'])).toHaveLength(1);
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
      .plan(variant, { ...asked, kernel: parseKernelVersion(release), device: '0000:00:03.0' }, 1)
      .filter(({ op }) => op === 'punch').length;
  expect(punches('6.1.0', 'before')).toBe(0);
  expect(punches('6.1.0', 'after')).toBeGreaterThan(9);
  expect(punches('4.18.0', 'after')).toBe(1);
  expect(punches('4.15.0', 'after')).toBe(0);
});
