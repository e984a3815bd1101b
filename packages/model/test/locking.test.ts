import { describe, expect, test } from 'vitest';
import {
  backings,
  judgeRun,
  parseKernelVersion,
  type AgentRecord,
  type CheckContext,
} from '../src/index.ts';
import { locking } from '../src/checks/locking/index.ts';
import { allTestModules } from '../src/test-module.ts';
import { context, rightPatch, scriptedGuest, swapped } from './scripted-kernel.ts';

const probed: CheckContext = { ...context, backings: [...backings] };
const old: CheckContext = { ...probed, kernel: parseKernelVersion('4.15.0') };
const fault = '1.locking.untouched-memory';

/** Ways that end with EFAULT, whatever is done about fs-dax, as a map of missing memory does. */
const fails = /(a-hole-.*|read-only-.*|kept-away-.*)\.map$/;

/** What a kernel does that pins under the lock: the probe counts 16 pages, userfaultfd's are refused. */
function rightly(record: AgentRecord, { kernel }: CheckContext): AgentRecord {
  const { id = '' } = record;
  if (id.endsWith('held-end')) return { ...record, text: id.includes('.unheld') ? '0' : '16' };
  if (id.endsWith('held-start')) return { ...record, text: '0' };
  const missing = kernel.major < 5 && id.endsWith('untouched-memory.map');
  return missing || fails.test(id)
    ? { ...record, ok: false, errno: 14, error: 'EFAULT', at: 'VFIO_IOMMU_MAP_DMA' }
    : record;
}

function judge(
  asked: CheckContext,
  wrong: Record<string, Partial<AgentRecord>> = {},
  cutAt?: string,
) {
  const guest = scriptedGuest(
    { checks: [locking], boot: 0 },
    rightPatch,
    (record) => ({ ...rightly(record, asked), ...wrong[record.id ?? ''] }),
    asked,
  );
  const at = cutAt === undefined ? -1 : guest.records.findIndex(({ id }) => id === cutAt);
  const gaveUp = { seq: 0, op: 'gave-up', ok: false, ns: 0 };
  const stuck = { kind: 'stuck' as const, message: 'the guest got stuck' };
  const ended =
    at === -1
      ? guest
      : { ...guest, records: [...guest.records.slice(0, at + 1), gaveUp], end: stuck };
  return judgeRun({
    checks: [locking],
    context: asked,
    guests: [ended],
    subject: swapped,
    policies: [],
  }).checks[0]!;
}

describe('pages that a pin faults in', () => {
  test.each([
    ['with a probe', probed],
    ['by userfaultfd on kernels that look for themselves', old],
  ])('are asked about %s, and pass under the lock', (_how, asked) => {
    const { verdict, says } = judge(asked);
    expect(verdict).toBe('pass');
    expect(says).toEqual([
      'Pages are faulted in with mmap_lock held, and after each of 9 ways for a map to end a second thread gets mmap_lock for writing.',
    ]);
  });

  test('fail where the probe finds the lock free', () => {
    const { verdict, reason } = judge(probed, { [`${fault}.unheld-end`]: { text: '16' } });
    expect(verdict).toBe('fail');
    expect(reason).toMatch(/faulted in without the lock .*counts 16 such pages; bb94b55af346/);
  });

  test('fail where userfaultfd warns, with its line', () => {
    const line = 'WARNING: CPU: 0 PID: 52 at fs/userfaultfd.c:365 handle_userfault+0x50f/0x610';
    const { verdict, cases } = judge(old, { [`${fault}.complaints`]: { complaints: [line] } });
    expect(verdict).toBe('fail');
    expect(cases?.[0]?.after).toMatchObject({ saw: 'without mmap_lock', evidence: [line] });
  });

  test('say nothing where the pin faulted nothing in', () => {
    expect(judge(probed, { [`${fault}.held-end`]: { text: '0' } }).verdict).toBe('invalid');
  });

  test('are passed over, with the reason, where neither can be asked', () => {
    const without = { ...probed, testModules: allTestModules({ lacking: 'it loads no modules' }) };
    const { verdict, says, cases } = judge(without);
    expect(verdict).toBe('pass');
    expect(cases?.[0]).toMatchObject({ verdict: 'skip', after: { detail: 'it loads no modules' } });
    expect(says?.[0]).toMatch(/^After each of 9 ways/);
  });
});

describe('a lock that is kept', () => {
  const hung = { ok: false, errno: 110, error: 'ETIMEDOUT', at: 'mmap', hung: true };

  test('hangs a second thread, and the agent gives up with the reason', () => {
    const id = '1.locking.fs-dax-on-ext4.probe';
    const { verdict, reason } = judge(probed, { [id]: hung }, id);
    expect(verdict).toBe('fail');
    expect(reason).toMatch(
      /^after: fs-dax on ext4 gave EOPNOTSUPP .*left mmap_lock held.*; the guest got stuck, in leg 2 \(after\), at mmap-probe 1\.locking\.fs-dax-on-ext4\.probe$/,
    );
  });

  test('may hang the very call that took it', () => {
    const { verdict, reason } = judge(probed, { [`${fault}.map`]: hung }, `${fault}.map`);
    expect(verdict).toBe('fail');
    expect(reason).toMatch(
      /^after: untouched memory has VFIO_IOMMU_MAP_DMA wait for mmap_lock for good/,
    );
  });
});

describe('a way for a map to end', () => {
  test('is what the model expects of the kernel', () => {
    expect(judge(probed).cases?.map(({ name, after }) => `${name}: ${after.saw}`))
      .toMatchInlineSnapshot(`
      [
        "untouched memory: under mmap_lock",
        "a map that succeeds: mapped, lock free",
        "fs-dax on ext4: refused EOPNOTSUPP, lock free",
        "fs-dax on xfs: refused EOPNOTSUPP, lock free",
        "fs-dax behind pinned pages: refused EOPNOTSUPP, lock free",
        "device-dax: mapped, lock free",
        "a hole behind one page: refused EFAULT, lock free",
        "read-only, for writing: refused EFAULT, lock free",
        "kept away by userfaultfd: refused EFAULT, lock free",
        "a device's own memory: mapped, lock free",
      ]
    `);
  });

  test('that was not gone does not count', () => {
    const mapped = { ok: true, error: undefined, at: undefined };
    expect(judge(probed, { '1.locking.fs-dax-on-xfs.map': mapped })).toMatchObject({
      verdict: 'fail',
      reason: expect.stringMatching(/^after: fs-dax on xfs was pinned, where /) as string,
    });
    expect(judge(probed, { '0.locking.a-hole-behind-one-page.map': mapped }).verdict).toBe(
      'invalid',
    );
  });

  test('says nothing where mmap() hung before the pin, or could not be asked after it', () => {
    const failed = { ok: false, errno: 12, error: 'ENOMEM', at: 'mmap' };
    for (const step of ['control', 'probe']) {
      expect(judge(probed, { [`1.locking.device-dax.${step}`]: failed }).verdict).toBe('invalid');
    }
  });
});

test('it is asked before the checks that would hang', () => {
  expect(locking.goesFirst).toBe(true);
});
