import type { Matrix, MatrixRow, StatusReport, Type1Status } from '@pinbench/model';

const passingRow: MatrixRow = {
  base: 'debian:6.1',
  outcome: 'pass',
  release: '6.1.0-56-amd64',
  applied: 'clean',
  strategy: 'module-swap',
  checks: [
    {
      name: 'pin-refusal',
      verdict: 'pass',
      refused: { before: [], after: ['fsdax-ext4', 'fsdax-xfs', 'half-fsdax'], asked: 10 },
    },
    { name: 'map-unmap-time', verdict: 'pass', cost: { usual: 3.0578, dearest: 421.56 } },
    { name: 'locking', verdict: 'pass' },
    { name: 'unwind', verdict: 'pass' },
  ],
  explanation: ['After the patch VFIO refuses filesystem-DAX memory with EOPNOTSUPP.'],
  startedAt: '2026-03-02T10:11:12.000Z',
  elapsedMs: 4910,
  folder: 'debian-6.1',
  takenOver: false,
};

const failingRow: MatrixRow = {
  ...passingRow,
  base: 'tree:/home/somebody/src/kernel/linux-stable-worktrees/v4.15-with-backports@for-stable',
  outcome: 'fail',
  release: '4.15.0-pinbench',
  applied: 'with-offset',
  strategy: 'two-kernels',
  checks: [
    {
      name: 'pin-refusal',
      verdict: 'fail',
      reason: 'after: device-dax was refused with EOPNOTSUPP',
      refused: { before: [], after: ['fsdax-ext4', 'fsdax-xfs', 'device-dax'], asked: 10 },
    },
    { name: 'map-unmap-time', verdict: 'pass', cost: { usual: null, dearest: null } },
    { name: 'locking', verdict: 'fail', reason: 'after: pages are faulted in without the lock' },
    { name: 'unwind', verdict: 'pass' },
  ],
  explanation: ['pin-refusal fails: after: device-dax was refused with EOPNOTSUPP.'],
  folder: 'tree-v4.15-with-backports-for-stable-0a1b2c3d',
};

const rejectedRow: MatrixRow = {
  base: 'debian:6.12',
  outcome: 'rejected',
  release: '6.12.43+deb12-amd64',
  applied: 'does-not-apply',
  checks: [],
  explanation: [
    'fix.patch does not apply to debian:6.12 (6.12.43-1): drivers/vfio/vfio_iommu_type1.c',
    'the first line that differs is drivers/vfio/vfio_iommu_type1.c:569',
  ],
  hint: 'the patch was made for another kernel',
  elapsedMs: 640,
  takenOver: false,
};

const errorRow: MatrixRow = {
  base: 'debian:5.10',
  outcome: 'error',
  checks: [],
  explanation: [
    'a defect in the bench itself:',
    ...Array.from({ length: 9 }, (_, line) => `TypeError ${line}: \u001b[2Jx is undefined`),
  ],
  elapsedMs: 31,
  takenOver: false,
};

const without = (base: string, outcome: 'stopped' | 'waiting'): MatrixRow => ({
  base,
  outcome,
  checks: [],
  explanation: [],
  takenOver: false,
});

const passing: Matrix = {
  schema: 1,
  bench: { version: '0.1.0' },
  command: 'npm run qemu:test -- matrix --base debian:6.1',
  startedAt: '2026-03-02T10:11:12.000Z',
  elapsedMs: 4950,
  outcome: 'pass',
  exitCode: 0,
  rows: [passingRow],
};

const mixed: Matrix = {
  ...passing,
  subject: 'vfio: disable filesystem-dax page pinning',
  command: 'npm run qemu:test -- matrix --base debian:6.1 --base debian:6.12 --patch fix.patch',
  outcome: 'error',
  exitCode: 2,
  rows: [{ ...passingRow, takenOver: true }, failingRow, rejectedRow, errorRow],
};

const stopped: Matrix = {
  ...passing,
  outcome: 'stopped',
  exitCode: 130,
  rows: [passingRow, without('debian:6.12', 'stopped'), without('debian:7', 'waiting')],
};

const report = (
  stand: Type1Status['stand'],
  fsdax: 'pinned' | 'refused',
  faults: Type1Status['faults'] = [],
): StatusReport => {
  const absent = { stand: 'absent' as const, citations: [] };
  return {
    base: 'debian:6.1',
    version: '6.1.192-2',
    type1: {
      stand,
      faults,
      own: {
        call: fsdax === 'pinned' ? 'get_user_pages_fast()' : 'pin_user_pages_remote()',
        fsdax,
        deviceDax: 'pinned',
        lock: 'taken-inside',
        citations: [
          {
            file: 'drivers/vfio/vfio_iommu_type1.c',
            line: 569,
            code: 'ret = get_user_pages_fast(vaddr, 1, write, page);',
            says: 'pins',
          },
        ],
      },
      prerequisites: [],
    },
    spapr: { v1: absent, v2: absent },
  };
};

const read = {
  base: report('right', 'refused'),
  before: report('prepared', 'pinned'),
  after: report('right', 'refused'),
  compared: 8,
  disagreements: [],
};

/** With --status: one base is as its source says, one is not, and one could not be booted. */
const disagreeing: Matrix = {
  ...passing,
  outcome: 'fail',
  exitCode: 1,
  rows: [
    { ...passingRow, status: read },
    {
      ...passingRow,
      base: 'debian:6.12',
      folder: 'debian-6.12',
      status: {
        ...read,
        disagreements: [
          {
            variant: 'before',
            backing: 'fsdax-ext4',
            source:
              'get_user_pages_fast() has it pinned (drivers/vfio/vfio_iommu_type1.c:569), which is longer than a line',
            boot: 'it was refused with EOPNOTSUPP',
          },
        ],
      },
    },
    {
      ...rejectedRow,
      base: 'tree:../linux@v4.15',
      status: {
        base: report('refused', 'refused', ['device-dax', 'lock']),
        compared: 0,
        disagreements: [],
        why: 'there was no boot',
      },
    },
  ],
};

const refusedAlready = ['fsdax-ext4', 'fsdax-xfs', 'half-fsdax'];

/** On the second base before has the rule already. */
const unchanged: Matrix = {
  ...passing,
  rows: [
    passingRow,
    {
      ...passingRow,
      base: 'debian:6.12',
      folder: 'debian-6.12',
      checks: [
        {
          name: 'pin-refusal',
          verdict: 'pass',
          refused: { before: refusedAlready, after: refusedAlready, asked: 10 },
        },
      ],
    },
  ],
};

export const matrices = { passing, mixed, stopped, disagreeing, unchanged };
