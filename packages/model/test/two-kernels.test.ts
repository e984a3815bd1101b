import { describe, expect, test } from 'vitest';
import { checks, jobsOf, judgeRun, type AgentRecord, type Guest, type Job } from '../src/index.ts';
import { context, rightPatch, scriptedGuest, twoKernels, type Pins } from './scripted-kernel.ts';

const pinRefusal = checks.find((check) => check.name === 'pin-refusal')!;
const time = checks.find((check) => check.name === 'map-unmap-time')!;

type Edit = (record: AgentRecord, job: Job) => AgentRecord;

/** One guest for each kernel, in an order that must not matter. */
const guestsOf = (pins: Pins, edit: Edit = (record) => record, check = pinRefusal): Guest[] =>
  jobsOf([check], context, 'two-kernels')
    .reverse()
    .map((job) => scriptedGuest(job, pins, (record) => edit(record, job)));

const judge = (guests: readonly Guest[], asked = context) =>
  judgeRun({
    policies: [],
    checks: [...new Set(guests.flatMap(({ job }) => job.checks))],
    context: asked,
    guests,
    subject: twoKernels,
  });

test('each kernel gets the legs of its variant, under their own numbers', () => {
  const [after, before] = guestsOf(rightPatch);
  const legs = ({ plan }: Guest) => [
    ...new Set(plan.flatMap(({ id }) => (/^\d+\./.test(id ?? '') ? [parseInt(id!)] : []))),
  ];
  expect(legs(before!)).toEqual([0, 3]);
  expect(legs(after!)).toEqual([1, 2]);
});

test('where time is sampled, the kernels take turns in going first', () => {
  const jobs = jobsOf([time], { ...context, clock: 'sampled' }, 'two-kernels');
  expect(jobs.map(({ boot, kernel }) => [boot, kernel])).toEqual([
    [0, 'before'],
    [0, 'after'],
    [1, 'after'],
    [1, 'before'],
    [2, 'before'],
    [2, 'after'],
  ]);
});

test('the right patch passes, and what was asked in two guests stands in one table', () => {
  const judged = judge(guestsOf(rightPatch));
  expect(judged.assumptions.filter(({ held }) => !held)).toEqual([]);
  expect(judged.verdict).toBe('pass');
  expect(
    judged.checks[0]?.rows?.map(({ before, after }) => [before.outcome, after.outcome]),
  ).toEqual([
    ['maps', 'maps'],
    ['maps', 'refused'],
    ['maps', 'maps'],
  ]);
});

test('a wrong patch fails as it does with module swap', () => {
  const judged = judge(guestsOf(() => undefined));
  expect(judged.verdict).toBe('fail');
  expect(judged.checks[0]?.reason).toMatch(/^after: fsdax-ext4 was pinned/);
});

test('what before does wrong in its last leg is not laid at the door of a patch that it never ran', () => {
  const edit: Edit = (record) =>
    record.id === '3.pin-refusal.anon.map'
      ? { ...record, ok: false, errno: 12, error: 'ENOMEM' }
      : record;
  expect(judge(guestsOf(rightPatch, edit)).verdict).toBe('invalid');
});

test('costs are compared across the two guests', () => {
  const [check] = judge(guestsOf(rightPatch, undefined, time)).checks;
  expect(check?.time).toMatchObject({ legs: 'AA BB', boots: 2 });
  expect(check?.time?.rows[0]).toMatchObject({ base: 2000, test: 2100, difference: 5 });
});

test('the kernel that runs must be the one built', () => {
  const edit: Edit = (record, { kernel }) =>
    record.id === 'kernel-notes' && kernel === 'after' ? { ...record, text: '' } : record;
  const judged = judge(guestsOf(rightPatch, edit));
  expect(judged.verdict).toBe('invalid');
  expect(judged.checks[0]?.reason).toMatch(
    /^the kernel that runs is the one built \(pin-refusal, boot 1, after kernel\)/,
  );
});

test('kernels with the same code are not green', () => {
  const guests = guestsOf(rightPatch);
  const subject = { ...twoKernels, differ: [] };
  const judged = judgeRun({ policies: [], checks: [pinRefusal], context, guests, subject });
  expect(judged.verdict).toBe('invalid');
  expect(judged.explanation[0]).toBe(
    'The patch changes no code: the kernels built before and after are the same.',
  );
});

describe('a set-up that fails', () => {
  const failed = { seq: 0, op: 'mount', id: 'setup.mount', ok: false, ns: 0, error: 'EINVAL' };
  const inSetup = (kernels: readonly string[]) =>
    judge(
      guestsOf(rightPatch).map((guest) =>
        kernels.includes(guest.job.kernel!)
          ? { ...guest, records: [...guest.records, { ...failed, seq: guest.records.length }] }
          : guest,
      ),
    );

  test('with the patch only is its doing', () => {
    const judged = inSetup(['after']);
    expect(judged.verdict).toBe('fail');
    expect(judged.checks[0]?.reason).toMatch(/the guest could be set up .*setup\.mount: EINVAL/);
  });

  test('without it is not', () => {
    expect(inSetup(['before']).verdict).toBe('invalid');
    expect(inSetup(['before', 'after']).verdict).toBe('invalid');
  });
});

describe('the end of a guest', () => {
  const atSetup = (kernels: readonly string[]) =>
    judge(
      guestsOf(rightPatch).map((guest) =>
        kernels.includes(guest.job.kernel!)
          ? {
              ...guest,
              records: [],
              console: [],
              end: { kind: 'panic', message: 'the guest kernel panicked' },
            }
          : guest,
      ),
    );

  test('a patched kernel that does not come up is a failure', () => {
    const judged = atSetup(['after']);
    expect(judged.verdict).toBe('fail');
    expect(judged.checks[0]?.reason).toMatch(
      /^the guest kernel panicked, while the after kernel was set up/,
    );
  });

  test('one that does not come up without the patch is none', () => {
    expect(atSetup(['before']).verdict).toBe('error');
    expect(atSetup(['before', 'after']).verdict).toBe('error');
  });
});

describe('a WARNING', () => {
  const line = (at: number) =>
    `[    2.${at}] WARNING: CPU: 0 PID: ${at} at mm/gup.c:${at} x+0x${at}/0x9`;
  const warned = (warnings: Record<string, string[]>) =>
    judge(
      guestsOf(rightPatch).map((guest) => {
        const lines = warnings[guest.job.kernel!] ?? [];
        const splats = lines.map((text) => ({
          kind: 'warning' as const,
          headline: text,
          excerpt: [text],
        }));
        return { ...guest, console: [...lines, ...guest.console], splats };
      }),
    );

  test('of the patched kernel is a failure, set-up included', () => {
    const judged = warned({ after: [line(1)] });
    expect(judged.verdict).toBe('fail');
    expect(judged.checks.at(-1)?.reason).toMatch(/while the after kernel was set up$/);
  });

  test('that the kernel prints without the patch as well is none', () => {
    const judged = warned({ before: [line(1)], after: [line(2)] });
    expect(judged.verdict).toBe('invalid');
    expect(judged.checks.at(-1)?.reason).toMatch(
      /while the before kernel was set up, without the patch; an entry in qemu\/splats /,
    );
  });

  test('that is usual does not hide another', () => {
    const other = '[    3.0] WARNING: CPU: 0 PID: 1 at fs/dax.c:1 y+0x1/0x2';
    const judged = warned({ before: [line(1)], after: [line(2), other] });
    expect(judged.verdict).toBe('fail');
    expect(judged.checks.at(-1)?.reason).toContain('fs/dax.c');
  });
});

test('a base that has the rule by its source must refuse before too, and the run says what it cannot show', () => {
  const ruled = { ...context, pinning: { before: 'longterm', after: 'longterm' } } as const;
  const refuses: Pins = (_variant, parts) => (parts.includes('fsdax') ? 'EOPNOTSUPP' : undefined);
  const guests = (pins: Pins) =>
    jobsOf([pinRefusal], ruled, 'two-kernels').map((job) =>
      scriptedGuest(job, pins, undefined, ruled),
    );
  const judged = judge(guests(refuses), ruled);
  expect(judged.verdict).toBe('pass');
  expect(judged.explanation[0]).toMatch(/without the patch already.*no change in what is refused/);
  expect(judge(guests(rightPatch), ruled).verdict).toBe('invalid');
});

test('what the source of after lacks stands in the account of a failure, and first in that of a pass', () => {
  const told = (pins: Pins) =>
    judgeRun({
      policies: [],
      ...{ checks: [pinRefusal], context, guests: guestsOf(pins), subject: twoKernels },
      hints: ['a prerequisite is missing'],
    }).explanation.join('\n');
  expect(told(() => undefined)).toContain('By the source of after, a prerequisite is missing.');
  expect(told(rightPatch)).toMatch(
    /^It passes every check that was asked, but by the source of after a prerequisite is missing\./,
  );
});
