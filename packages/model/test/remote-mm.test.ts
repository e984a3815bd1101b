import { describe, expect, test } from 'vitest';
import {
  allTestModules,
  backings,
  judgeRun,
  planJob,
  testModulesIn,
  type AgentRecord,
  type CheckContext,
  type CheckResult,
} from '../src/index.ts';
import { remoteMm } from '../src/checks/remote-mm/index.ts';
import { context, rightPatch, scriptedGuest, swapped, type Pins } from './scripted-kernel.ts';

const asked: CheckContext = { ...context, backings: [...backings] };
const job = { checks: [remoteMm], boot: 0 };

function judge(
  pins: Pins,
  edit: (record: AgentRecord) => AgentRecord = (record) => record,
  told = asked,
): CheckResult {
  return judgeRun({
    policies: [],
    checks: [remoteMm],
    context: told,
    guests: [scriptedGuest(job, pins, edit, told)],
    subject: swapped,
  }).checks[0]!;
}

/** The right patch, on which one record is not as it should be. */
const judgeWith = (id: string, wrong: Partial<AgentRecord>): CheckResult =>
  judge(rightPatch, (record) => (record.id === id ? { ...record, ...wrong } : record));

const inRow = (row: string, step: string): string => `1.remote-mm.${row}.${step}`;
const forAnother = (step: string): string => inRow('fsdax-ext4-for-another-process', step);

const failed = { ok: false, errno: 22, error: 'EINVAL', at: 'finit_module' };
const refused = { ok: false, errno: 14, error: 'EFAULT', at: 'vfio_pin_pages' };
const counted = { foll_pin_acquired: 26, foll_pin_released: 10 };

describe('what VFIO pins for another process', () => {
  test('is refused as what it pins for its caller, with what a reviewer can quote', () => {
    const { verdict, says, cases } = judge(rightPatch);
    expect([verdict, says?.length]).toEqual(['pass', 1]);
    expect(cases?.map(({ name, after }) => `${name}: ${after.saw}`)).toMatchInlineSnapshot(`
      [
        "anon, for another process: pinned",
        "memfd, for another process: pinned",
        "fsdax-ext4, for another process: refused EOPNOTSUPP",
        "fsdax-xfs, for another process: refused EOPNOTSUPP",
        "device-dax, for another process: pinned",
        "half-fsdax, for another process: refused EOPNOTSUPP",
        "anon, for itself: pinned",
        "memfd, for itself: pinned",
        "fsdax-ext4, for itself: refused EOPNOTSUPP",
        "fsdax-xfs, for itself: refused EOPNOTSUPP",
        "device-dax, for itself: pinned",
        "half-fsdax, for itself: refused EOPNOTSUPP",
      ]
    `);
  });

  test.each([
    [forAnother('pin'), { ok: true }, /was pinned, where/],
    [forAnother('pin'), refused, /was refused with EFAULT from vfio_pin_pages and not with EOPNO/],
    [forAnother('counters-unpinned'), counted, /left something behind: nr_foll_pin_acq.* \+16/],
    [forAnother('punch'), { ...refused, error: 'EINTR' }, /a hole punch waits for it/],
    [inRow('anon-for-another-process', 'pin'), refused, /was refused with EFAULT/],
    [inRow('anon-for-another-process', 'counters-pinned'), { vmlck: 64 }, /accounted for as VmLck/],
    [inRow('anon-for-another-process', 'unpin'), refused, /could not be unpinned/],
    [inRow('anon-for-another-process', 'release'), { kept: 1 }, /1 page that nobody maps/],
    [inRow('memfd-for-itself', 'rmmod'), refused, /the device stayed in use/],
  ])('fails for %s that gives %o', (id, wrong, reason) => {
    const { verdict, reason: said } = judgeWith(id, wrong);
    expect([verdict, said]).toEqual(['fail', expect.stringMatching(reason)]);
  });

  test('says nothing of the patch where the module cannot be asked', () => {
    const { verdict, reason } = judgeWith(forAnother('insmod'), failed);
    expect([verdict, reason]).toEqual([
      'invalid',
      'after: fsdax-ext4, for another process could not be asked: insmod gave EINVAL from finit_module',
    ]);
  });

  test('keeps the pins of persistent memory, all or none of them', () => {
    const device = inRow('device-dax-for-another-process', 'counters-unpinned');
    expect(judgeWith(device, { foll_pin_acquired: 26 }).verdict).toBe('pass');
    expect(judgeWith(device, { foll_pin_acquired: 25 }).verdict).toBe('fail');
  });

  test('is not asked of a kernel for which there is no module, which the guest is then not given', () => {
    const lacking: CheckContext = { ...asked, testModules: allTestModules({ lacking: 'too old' }) };
    expect(judge(rightPatch, undefined, lacking)).toMatchObject({
      verdict: 'skip',
      reason: 'too old',
    });
    const given = (told: CheckContext) =>
      testModulesIn(planJob(job, told, swapped, '0000:00:03.0'));
    expect(given(lacking)).toEqual([]);
    expect(given(asked)).toEqual([
      { name: 'remote_pin', variant: 'before' },
      { name: 'remote_pin', variant: 'after' },
    ]);
  });
});
