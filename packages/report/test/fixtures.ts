import type { Backing, CheckResult, RefusalCell, RefusalRow, Result } from '@pinbench/model';

const pinned: RefusalCell = { outcome: 'maps', expected: 'mapped', verdict: 'pass' };
const refused: RefusalCell = {
  outcome: 'refused',
  errno: 'EOPNOTSUPP',
  expected: 'refused EOPNOTSUPP',
  verdict: 'pass',
};

const row = (backing: Backing, after: RefusalCell): RefusalRow => ({
  backing,
  before: pinned,
  after,
  verdict: after.verdict,
});

const refusals: CheckResult = {
  name: 'pin-refusal',
  title: 'VFIO refuses to pin filesystem-DAX memory, and only that',
  verdict: 'pass',
  rows: [
    row('anon', pinned),
    row('thp', pinned),
    row('hugetlb', pinned),
    row('memfd', pinned),
    row('page-cache', pinned),
    row('fsdax-ext4', refused),
    row('fsdax-xfs', refused),
    row('device-dax', pinned),
    row('half-fsdax', refused),
  ],
  notes: [],
};

const timed = (
  backing: Backing,
  shape: string,
  bytes: number,
  calls: number,
  base: number,
  test: number,
): NonNullable<CheckResult['time']>['rows'][number] => ({
  backing,
  shape,
  bytes,
  calls,
  base,
  test,
  difference: ((test - base) / base) * 100,
  spread: 0,
  overlap: base === test,
});

const MiB = 2 ** 20;

const times: CheckResult = {
  name: 'map-unmap-time',
  title: 'What mapping and unmapping costs',
  verdict: 'pass',
  time: {
    clock: 'counted',
    unit: 'ns',
    legs: 'ABBA',
    boots: 1,
    rows: [
      timed('anon', 'map 4 KiB x 1024, unmap', 4 * MiB, 1025, 6_318_750, 6_594_204),
      timed('anon', 'map 4 KiB x 1024', 4 * MiB, 1024, 5_902_113, 6_177_567),
      timed('anon', 'unmap 4 MiB', 4 * MiB, 1, 416_637, 416_637),
      timed('anon', 'map 2 MiB, unmap', 2 * MiB, 2, 391_204, 402_311),
      timed('thp', 'map 2 MiB, unmap', 2 * MiB, 2, 48_512, 49_004),
      timed('hugetlb', 'map 2 MiB, unmap', 2 * MiB, 2, 47_990, 48_301),
    ],
    reported:
      'about 1.5% more system time in the review of the patch (many 4 KiB maps of anonymous memory, one unmap)',
    cost: 4.67,
  },
  notes: [],
};

/** Every check passed. */
export const passing: Result = {
  schema: 1,
  bench: { version: '0.1.0' },
  command: 'npm run qemu:test -- --base debian:6.1',
  startedAt: '2026-03-02T10:11:12.000Z',
  verdict: 'pass',
  explanation: [
    'Filesystem-DAX memory was pinned before the patch and is refused with EOPNOTSUPP after it; all other memory maps as before.',
  ],
  base: {
    spec: 'debian:6.1',
    release: '6.1.0-56-amd64',
    sourceVersion: '6.1.192-2',
    packages: [{ name: 'linux-image-6.1.0-56-amd64', version: '6.1.192-2' }],
    resolvedAt: '2026-03-01T09:00:00.000Z',
  },
  patches: [
    {
      file: 'qemu/patches/debian-6.1/baseline.patch',
      role: 'baseline',
      subject: 'vfio/type1: Take the long-term pin out again',
      sha256: '0'.repeat(64),
      touches: ['drivers/vfio/vfio_iommu_type1.c'],
      applied: 'clean',
    },
    {
      file: 'qemu/patches/debian-6.1/under-test.patch',
      role: 'under-test',
      subject: 'vfio: disable filesystem-dax page pinning',
      sha256: '1'.repeat(64),
      touches: ['drivers/vfio/vfio_iommu_type1.c'],
      applied: 'clean',
    },
  ],
  build: {
    strategy: 'module-swap',
    why: 'the patch touches only files that build into modules (drivers/vfio)',
    compiler: 'gcc 12.2.0',
    configSha256: '2'.repeat(64),
    modules: {
      before: [{ name: 'vfio_iommu_type1', buildId: 'aa', sha256: '3'.repeat(64) }],
      after: [{ name: 'vfio_iommu_type1', buildId: 'bb', sha256: '4'.repeat(64) }],
    },
    differ: ['vfio_iommu_type1'],
  },
  machine: {
    qemu: '7.2.22',
    accelerator: { kind: 'tcg', why: 'counted time runs under TCG' },
    cpu: 'max',
    memoryMiB: 1024,
    iommu: 'intel-iommu',
    boot: 'warm',
    commandLine: ['qemu-system-x86_64', '-accel', 'tcg'],
  },
  assumptions: [
    {
      name: 'the IOMMU is on and the device behind it (leg 1 before)',
      held: true,
      needed: 'the device opens through a type1 v2 container',
      observed: 'group 3',
    },
    {
      name: 'fsdax-ext4 is what it says (before)',
      held: true,
      needed: 'a file on ext4 with DAX on (statx STATX_ATTR_DAX)',
      observed: 'file system 0xef53, DAX on',
    },
  ],
  checks: [refusals, times],
  splats: [],
  console: [],
  elapsedMs: 4210,
  stages: [
    { title: 'base', ms: 12, cached: true },
    { title: 'build', ms: 2140, cached: false },
    { title: 'boot', ms: 96, cached: false },
    { title: 'checks', ms: 1850, cached: false },
  ],
};

const wrongErrno: RefusalCell = {
  outcome: 'refused',
  errno: 'EFAULT',
  expected: 'refused EOPNOTSUPP',
  verdict: 'fail',
  detail: 'was refused with EFAULT from VFIO_IOMMU_MAP_DMA and not with EOPNOTSUPP',
};

/** A kernel for each variant, built from an old tree. */
export const twoKernels: Result = {
  ...passing,
  command: 'npm run qemu:test -- --base tree:../linux --patch mm.patch',
  base: {
    spec: 'tree:../linux',
    release: '4.15.0',
    sourceVersion: 'commit d8a5b80568a9',
    packages: [],
    resolvedAt: '2026-03-01T09:00:00.000Z',
    tree: {
      kind: 'git',
      path: '/home/reviewer/linux',
      commit: 'd8a5b80568a9cb66810e75b182018e9edb68e8ff',
      subject: 'Linux 4.15',
      dirty: false,
      uncommitted: 3,
    },
  },
  build: {
    strategy: 'two-kernels',
    why: 'mm/gup.c does not build into a module that can be swapped: it is not part of drivers/vfio',
    compiler: 'gcc 12.2.0',
    configSha256: '2'.repeat(64),
    config: 'minimal',
    debug: {
      on: ['PROVE_LOCKING', 'DEBUG_VM'],
      lacking: [{ option: 'KASAN', why: 'it is only asked for from kernels >=4.19' }],
    },
    kernels: [
      {
        variant: 'before',
        ...{ release: '4.15.0', buildId: 'aa'.repeat(20) },
        ...{ ms: 483_000, incremental: false, cached: true },
      },
      {
        variant: 'after',
        ...{ release: '4.15.0', buildId: 'bb'.repeat(20) },
        ...{ ms: 21_400, incremental: true, cached: false },
      },
    ],
    compat: [
      {
        id: 'max-page-size',
        reason: 'ld 2.38 and later part segments so that the decompressor overwrites itself',
        source: 'c55b8550fa57',
      },
    ],
    modules: { before: [], after: [] },
    differ: ['the kernel'],
  },
};

/** The patch returns EFAULT where EOPNOTSUPP is due, and costs more than was allowed. */
export const failing: Result = {
  ...passing,
  verdict: 'fail',
  explanation: [
    'pin-refusal: after: fsdax-ext4 was refused with EFAULT from VFIO_IOMMU_MAP_DMA and not with EOPNOTSUPP.',
  ],
  command: 'npm run qemu:test -- --patch wrong.patch --check pin-refusal --backing fsdax-ext4',
  checks: [
    {
      ...refusals,
      verdict: 'fail',
      reason: `after: fsdax-ext4 ${wrongErrno.detail ?? ''}`,
      rows: [row('anon', pinned), row('fsdax-ext4', wrongErrno), row('device-dax', pinned)],
    },
    {
      ...times,
      verdict: 'fail',
      reason: 'anon, map 4 KiB x 1024: 4.67% dearer, over the --max-cost of 2%',
      time: { ...times.time!, maxCost: 2 },
    },
  ],
};

/** A sequence of operations came out otherwise than the model says. */
const differing: Result = {
  ...passing,
  verdict: 'fail',
  explanation: ['conformance fails: after: sequence 12: mapped, where the model has refused.'],
  checks: [
    {
      name: 'conformance',
      title: 'Random sequences of operations end as the model has it',
      verdict: 'fail',
      reason: 'after: sequence 12: mapped, where the model has refused',
      notes: [],
      stories: [
        {
          title: 'sequence 12 of seed 1, after',
          variant: 'after',
          steps: [
            {
              operation: 'mmap area=0 parts=anon:4K,fsdax-ext4:4K share=shared prot=rw touch=write',
              expected: 'done',
              seen: 'done',
              differs: false,
            },
            {
              operation: 'map area=0 at=0 first=0 count=2 prot=rw',
              expected: 'refused EOPNOTSUPP',
              seen: 'mapped',
              why: 'check_vma_flags() refuses FOLL_LONGTERM on an fs-dax VMA (52650c8b466b)',
              differs: true,
            },
            {
              operation: 'truncate area=0 part=1',
              expected: 'done',
              seen: 'waits until a signal comes',
              differs: true,
              harm: 'the file system waits until a signal comes',
            },
            { operation: 'close', expected: 'done', differs: false },
          ],
          shrunk: { from: 27, tried: 310, rounds: 5, least: true, confirmed: true },
          file: 'pinbench-out/conform/1-12.sequence',
          command: 'npm run qemu:test -- conform --replay pinbench-out/conform/1-12.sequence',
        },
      ],
    },
  ],
};

/** A file that was to be DAX is not: what the checks saw says nothing. */
export const invalid: Result = {
  ...passing,
  verdict: 'invalid',
  explanation: ['fsdax-ext4 is not what it says, so nothing was learnt about the patch.'],
  assumptions: [
    passing.assumptions[0]!,
    { ...passing.assumptions[1]!, held: false, observed: 'file system 0xef53, DAX off' },
  ],
  checks: [
    {
      ...refusals,
      verdict: 'invalid',
      reason:
        'fsdax-ext4 is what it says (before): needed a file on ext4 with DAX on (statx STATX_ATTR_DAX), observed file system 0xef53, DAX off',
      rows: [row('anon', pinned), row('fsdax-ext4', refused)],
    },
  ],
};

/** The guest panicked before it could answer. */
export const broken: Result = {
  ...passing,
  verdict: 'error',
  explanation: ['The kernel panicked 1.2 s after it started, before the guest agent answered.'],
  assumptions: [],
  checks: [],
  splats: [
    {
      kind: 'panic',
      headline: 'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)',
      excerpt: ['Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)'],
    },
  ],
  console: [
    '[    1.201312] \u001b[1mVFS: Cannot open root device "(null)" or unknown-block(0,0): error -6',
    '[    1.204410] Please append a correct "root=" boot option; here are the available partitions:',
    '[    1.206112]  vda      ^~~~ none',
    '[    1.208001] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)',
  ],
};

/** One backing could not be had here and timing was switched off. */
export const skipping: Result = {
  ...passing,
  explanation: ['Of what could be asked here, all is as expected.'],
  checks: [
    {
      ...refusals,
      rows: [
        row('fsdax-ext4', refused),
        {
          backing: 'hugetlb',
          before: {
            outcome: 'unknown',
            expected: 'mapped',
            verdict: 'skip',
            detail: 'the kernel has no hugetlb pages',
          },
          after: { outcome: 'unknown', expected: 'mapped', verdict: 'skip' },
          verdict: 'skip',
        },
      ],
    },
    {
      name: 'map-unmap-time',
      title: 'What mapping and unmapping costs',
      verdict: 'skip',
      reason: 'switched off with --time off',
      notes: [],
    },
  ],
};

/** Three boots of real time: ranges that touch are no difference. */
export const sampled: Result = {
  ...passing,
  checks: [
    {
      ...times,
      time: {
        ...times.time!,
        clock: 'sampled',
        boots: 3,
        rows: [
          {
            ...timed('anon', 'map 4 KiB x 4096, unmap', 16 * MiB, 4097, 81_400_000, 82_900_000),
            spread: 7.4,
            overlap: true,
            interval: [-3.1, 6.9],
            system: { base: 79_100_000, test: 80_400_000 },
            user: { base: 2_300_000, test: 2_500_000 },
          },
        ],
      },
    },
  ],
};

/** What a broken command line might hand over: a pass that asked nothing. */
export const empty: Result = { ...passing, checks: [] };

/** A backport that came by mail and did not fit to the line. */
export const backported: Result = {
  ...passing,
  patches: passing.patches.map((patch) =>
    patch.role === 'baseline'
      ? patch
      : {
          ...patch,
          file: 'v2.mbx',
          author: 'Ann Author <ann@example.org>',
          series: { version: 2, at: 1, of: 3 },
          upstream: '94db151dc892',
          trailers: [
            { key: 'Fixes', value: 'd475c6346a38 ("vfio/type1: a subject")' },
            { key: 'Reported-by', value: 'Rea Reporter <rea@example.org>' },
            { key: 'Acked-by', value: 'Max Maintainer <max@example.org>' },
            { key: 'Acked-by', value: 'Mia Maintainer <mia@example.org>' },
            { key: 'Cc', value: 'stable@vger.kernel.org # 4.14.x' },
          ],
          applied: 'with-fuzz',
          hunks: [1, 2, 3, 4, 5].map((number) => ({
            file: 'drivers/vfio/vfio_iommu_type1.c',
            number,
            header: `@@ -${number}00,7 +${number}00,7 @@ static int vaddr_get_pfn(void)`,
            offset: number === 1 ? 0 : number === 2 ? -1 : 12,
            fuzz: number === 1 ? 2 : 0,
          })),
        },
  ),
};

export const results = {
  passing,
  failing,
  invalid,
  broken,
  skipping,
  sampled,
  empty,
  differing,
  backported,
  'two-kernels': twoKernels,
};
