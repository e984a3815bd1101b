import type { Matrix, MatrixRow } from '@pinbench/model';

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
  ],
  explanation: ['pin-refusal fails: after: device-dax was refused with EOPNOTSUPP.'],
  folder: 'tree-v4.15-with-backports-for-stable-0a1b2c3d',
};

const rejectedRow: MatrixRow = {
  base: 'debian:6.12',
  outcome: 'rejected',
  release: '6.12.43+deb12-amd64',
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

export const matrices = { passing, mixed, stopped };
