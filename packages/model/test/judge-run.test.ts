import { describe, expect, test } from 'vitest';
import {
  checks,
  jobsOf,
  judgeRun,
  operations as op,
  type AgentRecord,
  type Backing,
  type Guest,
} from '../src/index.ts';
import { caseCheck } from '../src/checks/cases/index.ts';
import { context, rightPatch, scriptedGuest, swapped, type Pins } from './scripted-kernel.ts';

const pinRefusal = checks.find((check) => check.name === 'pin-refusal')!;
const time = checks.find((check) => check.name === 'map-unmap-time')!;
const job = { checks: [pinRefusal], boot: 0 };

const judge = (
  guests: readonly Guest[],
  extra: { maxCost?: number; differ?: string[]; backings?: Backing[] } = {},
) =>
  judgeRun({
    policies: [],
    checks: [...new Set(guests.flatMap((guest) => guest.job.checks))],
    context: {
      ...context,
      ...(extra.backings && { backings: extra.backings }),
      ...(extra.maxCost !== undefined && { maxCost: extra.maxCost }),
    },
    guests,
    subject: { ...swapped, differ: extra.differ ?? swapped.differ },
  });

const judgePins = (pins: Pins) => judge([scriptedGuest(job, pins)]);

describe('the right patch', () => {
  test('passes, and the explanation can be quoted', () => {
    const { verdict, explanation } = judgePins(rightPatch);
    expect(verdict).toBe('pass');
    expect(explanation).toMatchInlineSnapshot(`
      [
        "Before the patch VFIO pins filesystem-DAX memory (fsdax-ext4); after it the same calls fail with EOPNOTSUPP and leave no locked memory, pin or mapping behind.",
        "What else was asked behaves alike before and after (anon, device-dax).",
      ]
    `);
  });
});

describe('a kernel that neither counts pins nor tells of DAX through statx', () => {
  const judged = judge([
    scriptedGuest(job, rightPatch, (record) => {
      if (record.op === 'counters') {
        return { ...record, foll_pin_acquired: null, foll_pin_released: null };
      }
      if (record.op !== 'buffer') return record;
      const parts = (record['parts'] as object[]).map((part) => ({ ...part, dax: null }));
      return { ...record, parts };
    }),
  ]);

  test('is judged by where pages lie and what else is counted', () => {
    expect(judged.verdict).toBe('pass');
  });

  test('is not said to have left no pin behind', () => {
    expect(judged.explanation[0]).toMatch(/leave no locked memory or mapping behind\.$/);
    expect(judged.checks[0]?.accounted).toEqual(['locked memory', 'mapping']);
    expect(judged.checks[0]?.notes.join('\n')).toMatch(/does not count pins/);
  });
});

describe('wrong patches fail, each with its own reason', () => {
  const reason = (pins: Pins): string | undefined => {
    const judged = judgePins(pins);
    expect(judged.verdict).toBe('fail');
    return judged.checks[0]?.reason;
  };

  test('one that does nothing', () => {
    expect(reason(() => undefined)).toMatch(/^after: fsdax-ext4 was pinned/);
  });

  test('one that returns EFAULT', () => {
    expect(reason((variant, parts) => rightPatch(variant, parts) && 'EFAULT')).toBe(
      'after: fsdax-ext4 was refused with EFAULT from VFIO_IOMMU_MAP_DMA and not with EOPNOTSUPP',
    );
  });

  test('one that also refuses device-dax', () => {
    const pins: Pins = (variant, parts) =>
      variant === 'after' && parts.includes('dax') ? 'EOPNOTSUPP' : undefined;
    expect(reason(pins)).toMatch(/^after: device-dax was refused with EOPNOTSUPP/);
  });

  test('one that leaks the page', () => {
    const guest = scriptedGuest(job, rightPatch, (record) =>
      record.id?.startsWith('1.pin-refusal.fsdax-ext4.counters') === true &&
      !record.id.endsWith('start')
        ? { ...record, foll_pin_acquired: 11 }
        : record,
    );
    const judged = judge([guest]);
    expect(judged.verdict).toBe('fail');
    expect(judged.checks[0]?.reason).toBe(
      'after: fsdax-ext4 left something behind: nr_foll_pin_acquired - nr_foll_pin_released +1 pages',
    );
  });

  test('one that breaks what was there, so that before no longer works after it', () => {
    const guest = scriptedGuest(job, rightPatch, (record) =>
      record.id === '3.pin-refusal.anon.map'
        ? { ...record, ok: false, errno: 12, error: 'ENOMEM' }
        : record,
    );
    const judged = judge([guest]);
    expect(judged.verdict).toBe('fail');
    expect(judged.checks[0]?.reason).toMatch(
      /^before: anon was refused with ENOMEM.*not before the patched modules ran/,
    );
  });

  test('one that fails and then crashes is told with both', () => {
    const guest = scriptedGuest(job, (variant, parts) => rightPatch(variant, parts) && 'EFAULT');
    const end = { kind: 'oops' as const, message: 'the guest kernel oopsed' };
    const judged = judge([{ ...guest, end }]);
    expect(judged.verdict).toBe('fail');
    expect(judged.checks[0]?.reason).toMatch(/^the guest kernel oopsed.*EFAULT/);
  });

  const inAfter = (step: string, change: Partial<AgentRecord>) => {
    const guest = scriptedGuest(job, rightPatch, (record) =>
      record.id === `1.pin-refusal.${step}` ? { ...record, ...change } : record,
    );
    const judged = judge([guest]);
    expect(judged.verdict).toBe('fail');
    return judged.checks[0]?.reason;
  };

  test('one that pins for reading only', () => {
    expect(inAfter('fsdax-ext4.map-ro', { ok: true })).toMatch(
      /^after: fsdax-ext4 mapped for reading only, was pinned/,
    );
  });

  test('one that lets the device write what is read-only', () => {
    expect(inAfter('anon.dma-ro-kept', { equal: false })).toBe(
      'after: anon mapped for reading only, was written by the device',
    );
  });

  test('one that forgets the account of what is mapped', () => {
    expect(inAfter('anon.counters-mapped', { vmlck: 7 })).toMatch(
      /^after: anon was accounted for as VmLck 7 KiB.* while mapped, where before the patch it was VmLck 0 KiB/,
    );
  });

  test('one that maps other pages than were asked for', () => {
    expect(inAfter('anon.dma-arrived', { equal: false })).toBe(
      "after: anon was mapped, but the device's DMA did not arrive in its last page",
    );
  });

  test('one that keeps a reference to a page of RAM', () => {
    expect(inAfter('anon.release', { kept: 3 })).toBe(
      'after: anon left something behind: 3 pages that nobody maps any more',
    );
    expect(inAfter('anon.release', { kept: null })).toBe(
      'after: anon left no account of its pages',
    );
  });

  test('one that keeps a reference to a huge page', () => {
    const guest = scriptedGuest(
      job,
      rightPatch,
      (record) =>
        record.id === '1.pin-refusal.hugetlb.counters-released'
          ? { ...record, free_hugepages: 31 }
          : record,
      { ...context, backings: ['hugetlb'] },
    );
    const judged = judge([guest], { backings: ['hugetlb'] });
    expect(judged.checks[0]?.reason).toBe('after: hugetlb left something behind: 1 huge page');
  });

  test('one whose modules are the same as before is told so', () => {
    const judged = judge([scriptedGuest(job, () => undefined)], { differ: [] });
    expect(judged.explanation[0]).toMatch(/changes no code/);
  });
});

describe('what does not hold makes a run invalid, not failed', () => {
  test('a base that refuses before the patch', () => {
    const judged = judgePins((_variant, parts) =>
      parts.includes('fsdax') ? 'EOPNOTSUPP' : undefined,
    );
    expect(judged.verdict).toBe('invalid');
    expect(judged.checks[0]?.reason).toMatch(/^before: fsdax-ext4 was refused/);
  });

  const broken = (edit: Parameters<typeof scriptedGuest>[2]) => {
    const judged = judge([scriptedGuest(job, rightPatch, edit)]);
    expect(judged.verdict).toBe('invalid');
    return judged.assumptions.find((assumption) => !assumption.held)?.name;
  };

  test('DAX is off', () => {
    expect(
      broken((record) =>
        record.op === 'buffer' && JSON.stringify(record['parts']).includes('fsdax')
          ? { ...record, parts: [{ ...(record['parts'] as object[])[0], dax: false }] }
          : record,
      ),
    ).toBe('fsdax-ext4 is what it says (leg 1 before)');
  });

  test.each([false, null])(
    'a DAX file whose page is not known to be the medium: %s',
    (persistent) => {
      expect(
        broken((record) =>
          record.op === 'buffer' && JSON.stringify(record['parts']).includes('fsdax')
            ? { ...record, parts: [{ ...(record['parts'] as object[])[0], dax: null, persistent }] }
            : record,
        ),
      ).toBe('fsdax-ext4 is what it says (leg 1 before)');
    },
  );

  test('device-dax that is RAM', () => {
    expect(
      broken((record) =>
        record.op === 'buffer' && JSON.stringify(record['parts']).includes('device-dax')
          ? { ...record, parts: [{ ...(record['parts'] as object[])[0], persistent: false }] }
          : record,
      ),
    ).toBe('device-dax is what it says (leg 1 before)');
  });

  test('a patch that changes no code', () => {
    const judged = judge([scriptedGuest(job, rightPatch)], { differ: [] });
    expect(judged.verdict).toBe('invalid');
    expect(judged.explanation[0]).toMatch(/changes no code/);
  });

  test('which keeps it from being green, and does not hide what failed', () => {
    const guests = [pinRefusal, time].map((check) =>
      scriptedGuest({ checks: [check], boot: 0 }, () => undefined),
    );
    const judged = judge(guests, { differ: [] });
    expect(judged.checks.map(({ verdict }) => verdict)).toEqual(['fail', 'pass', 'pass']);
    expect(judged.verdict).toBe('fail');
    expect(judged.explanation.join(' ')).not.toMatch(/says nothing/);
  });

  test('a step on the way that failed', () => {
    expect(
      broken((record) =>
        record.op === 'fill' ? { ...record, ok: false, errno: 2, error: 'ENOENT' } : record,
      ),
    ).toMatch(/^every step on the way worked/);
  });

  test('which is laid at the patch once patched code has run, and hides nothing that was seen', () => {
    const judgeWith = (pins: Pins) =>
      judge([
        scriptedGuest(job, pins, (record) =>
          record.op === 'fill' && record.seq > 60
            ? { ...record, ok: false, errno: 2, error: 'ENOENT' }
            : record,
        ),
      ]).checks[0];
    expect(judgeWith(rightPatch)?.reason).toMatch(/^every step on the way worked/);
    expect(judgeWith(rightPatch)?.verdict).toBe('fail');
    expect(judgeWith(() => undefined)?.reason).toMatch(/^after: fsdax-ext4 was pinned/);
  });

  test('no struct pages', () => {
    expect(
      broken((record) =>
        record.op === 'gup' ? { ...record, ok: false, errno: 14, error: 'EFAULT' } : record,
      ),
    ).toBe('fsdax-ext4 has struct pages (leg 1 before)');
  });

  test('another module than the one built', () => {
    expect(
      broken((record) => (record.op === 'read' ? { ...record, text: 'cc33' } : record)),
    ).toMatch(/^vfio_iommu_type1 is the one built/);
  });

  test('no IOMMU', () => {
    expect(
      broken((record) =>
        record.op === 'vfio-open'
          ? { ...record, ok: false, errno: 2, error: 'ENOENT', at: 'iommu_group' }
          : record,
      ),
    ).toMatch(/^the IOMMU is on/);
  });

  test('another kernel', () => {
    expect(
      broken((record) => (record.op === 'hello' ? { ...record, release: '6.2.0' } : record)),
    ).toMatch(/^the kernel that runs is the base/);
  });

  test('an incomplete plan', () => {
    const guest = scriptedGuest(job, rightPatch);
    const judged = judge([{ ...guest, records: guest.records.slice(0, -9) }]);
    expect(judged.verdict).toBe('invalid');
  });
});

describe('the end of a guest', () => {
  const ended = (kind: Guest['end']['kind'], upTo: 'before' | 'after') => {
    const guest = scriptedGuest(job, rightPatch);
    const cut = guest.records.findIndex((record) => record.id === '1.marker');
    return judge([
      {
        ...guest,
        records: guest.records.slice(0, upTo === 'before' ? cut - 5 : cut + 5),
        console: guest.console.slice(0, upTo === 'before' ? 1 : 2),
        end: { kind, message: `the guest ended with ${kind}` },
      },
    ]);
  };

  test.each(['panic', 'oops', 'hang'] as const)(
    'a %s under the patched modules is a failure',
    (kind) => {
      const judged = ended(kind, 'after');
      expect(judged.verdict).toBe('fail');
      expect(judged.checks[0]?.reason).toMatch(
        new RegExp(`^the guest ended with ${kind}, in leg 2 \\(after\\), at `),
      );
    },
  );

  test.each(['panic', 'oops', 'hang', 'lost', 'qemu-died'] as const)(
    'a %s before them is an error',
    (kind) => {
      expect(ended(kind, 'before').verdict).toBe('error');
    },
  );

  test.each(['lost', 'qemu-died'] as const)('%s is an error whenever it comes', (kind) => {
    expect(ended(kind, 'after').verdict).toBe('error');
  });

  test.each(['plan-error', 'agent-died'])('a %s is a defect of the bench', (op) => {
    const guest = scriptedGuest(job, rightPatch);
    const defect = { seq: 1, op, ok: false, ns: 0 };
    const judged = judge([{ ...guest, records: [guest.records[0]!, defect] }]);
    expect(judged.verdict).toBe('error');
    expect(judged.checks[0]?.reason).toContain(op);
  });

  test('a WARNING is laid at the door of the leg it stands in, and of no check', () => {
    const guest = scriptedGuest(job, rightPatch);
    const warning = '[    2.0] WARNING: CPU: 0 PID: 1 at mm/gup.c:1 x+0x1/0x2';
    const at = (line: number) =>
      judge([
        {
          ...guest,
          console: guest.console.toSpliced(line, 0, warning),
          splats: [{ kind: 'warning', headline: warning, excerpt: [warning] }],
        },
      ]).verdict;
    expect(at(guest.console.length)).toBe('fail');
    expect(at(0)).toBe('invalid');
  });

  const early = '[    0.5] WARNING: CPU: 0 PID: 1 at mm/gup.c:1 x+0x1/0x2';
  const complaining = (guest: Guest): Guest => ({
    ...guest,
    console: [early, ...guest.console],
    splats: [{ kind: 'warning', headline: early, excerpt: [early] }],
  });

  test('a WARNING before the patch does not make a failure of what rests on a broken assumption', () => {
    const judgeWith = (edit?: Parameters<typeof scriptedGuest>[2]) =>
      judge([complaining(scriptedGuest(job, () => undefined, edit))]);
    expect(judgeWith().verdict).toBe('fail');
    const judged = judgeWith((record) =>
      record.id === '1.build-id.vfio_iommu_type1' ? { ...record, text: 'cc33' } : record,
    );
    expect(judged.verdict).toBe('invalid');
    expect(judged.assumptions.find(({ held }) => !held)?.name).toMatch(/is the one built/);
  });

  test('a WARNING before the patch does not hide that a later guest was lost', () => {
    const lost = { kind: 'lost' as const, message: 'the guest fell silent' };
    const second = scriptedGuest({ ...job, boot: 1 }, rightPatch);
    const judged = judge([
      complaining(scriptedGuest(job, rightPatch)),
      { ...second, records: second.records.slice(0, 5), end: lost },
    ]);
    expect(judged.verdict).toBe('error');
    expect(judged.checks[0]?.reason).toMatch(/fell silent/);
  });
});

/** The last check of every run. */
const splats = { name: 'splats', verdict: 'pass' };

describe('time', () => {
  const timed = (maxCost?: number) =>
    judge(
      [scriptedGuest({ checks: [time], boot: 0 }, rightPatch)],
      maxCost === undefined ? {} : { maxCost },
    );

  test('gives base, test, difference and spread', () => {
    const rows = timed().checks[0]?.time?.rows;
    expect(rows?.[0]).toMatchObject({
      backing: 'anon',
      base: 2000,
      test: 2100,
      difference: 5,
      spread: 0,
      overlap: false,
    });
  });

  test('is a verdict only with --max-cost', () => {
    expect(timed().verdict).toBe('pass');
    expect(timed(5.1).verdict).toBe('pass');
    expect(timed(4.9)).toMatchObject({
      verdict: 'fail',
      checks: [{ reason: expect.stringContaining('--max-cost of 4.9%') as string }, splats],
    });
  });

  test('whose legs differ within a variant is named, and not held against --max-cost', () => {
    const guest = scriptedGuest({ checks: [time], boot: 0 }, rightPatch, (record) =>
      record.id?.startsWith('0.map-unmap-time.anon.large.') === true && 'wall_ns' in record
        ? { ...record, wall_ns: 4000 }
        : record,
    );
    const { verdict, checks: judged } = judge([guest]);
    expect(verdict).toBe('pass');
    expect(judged[0]?.notes[0]).toMatch(
      /^anon, map 2 MiB, unmap: the legs of one variant differ by 120%: not comparable\.$/,
    );
    expect(judge([guest], { maxCost: 50 })).toMatchObject({
      verdict: 'invalid',
      checks: [
        { reason: expect.stringMatching(/^anon, map 2 MiB, unmap: .*--max-cost/) as string },
        splats,
      ],
    });
    expect(judge([guest], { maxCost: 4.9 }).verdict).toBe('fail');
  });

  test('that was not measured is invalid', () => {
    const guest = scriptedGuest({ checks: [time], boot: 0 }, rightPatch, (record) =>
      record.op === 'map-loop' ? { ...record, ok: false, errno: 12, error: 'ENOMEM' } : record,
    );
    expect(judge([guest])).toMatchObject({
      verdict: 'invalid',
      checks: [{ reason: expect.stringContaining('ENOMEM') as string }, splats],
    });
  });
});

test('a run with nothing but skips is not green', () => {
  const judged = judgeRun({
    policies: [],
    checks: [time],
    context: { ...context, clock: 'off' },
    guests: [],
    subject: { ...swapped, differ: [] },
  });
  expect(judged.checks[0]?.verdict).toBe('skip');
  expect(judged.verdict).toBe('invalid');
});

describe('checks that share a guest', () => {
  const other = caseCheck({
    name: 'other',
    title: 'Another check',
    cases: [
      {
        name: 'a map',
        backings: [],
        expect: () => ({ said: 'maps', why: 'nothing forbids it' }),
        plan: ({ id, name }) => [
          op.buffer({ name: name('b'), parts: 'anon:4096' }),
          op.map({ iova: '0x1000', buffer: name('b') }, id('map')),
        ],
        judge: (answer) =>
          answer('map')?.ok === true ? { saw: 'maps' } : { saw: 'refused', wrong: 'was refused' },
      },
    ],
  });
  const both = { checks: [pinRefusal, other], boot: 0 };
  const cutAt = (guest: Guest, id: string): Guest => {
    const cut = guest.records.findIndex((record) => record.id === id);
    const end = { kind: 'oops' as const, message: 'the guest kernel oopsed' };
    return { ...guest, records: guest.records.slice(0, cut), end };
  };

  test('are each judged by the legs that they take part in', () => {
    const judged = judge([scriptedGuest(both, rightPatch)]);
    expect(judged.assumptions.filter(({ held }) => !held)).toEqual([]);
    expect(judged.checks.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass']);
  });

  test('do not answer for a guest that ended while another was asked', () => {
    const { verdict, checks } = judge([
      cutAt(scriptedGuest(both, rightPatch), '1.other.a-map.map'),
    ]);
    expect(verdict).toBe('fail');
    expect(checks.map((check) => check.verdict)).toEqual(['skip', 'fail', 'skip']);
    expect(checks[0]?.reason).toMatch(/^it was not asked to its end: the guest kernel oopsed/);
    expect(checks[1]?.reason).toMatch(/^the guest kernel oopsed, in leg 2 \(after\), at map/);
  });

  test('are told of what they had found by then', () => {
    const { checks } = judge([
      cutAt(
        scriptedGuest(both, () => undefined),
        '1.other.a-map.map',
      ),
    ]);
    expect(checks.map((check) => check.verdict)).toEqual(['fail', 'fail', 'skip']);
    expect(checks[0]?.reason).toMatch(/^after: fsdax-ext4 was pinned/);
  });

  test('of one variant only live the first leg of that', () => {
    const { plan } = scriptedGuest({ ...both, only: 'after' }, rightPatch);
    const legs = plan.flatMap(({ id }) => /^(\d+)\./.exec(id ?? '')?.[1] ?? []);
    expect([...new Set(legs)]).toEqual(['1']);
  });

  test('share one guest, and what is timed has one to itself', () => {
    const jobs = jobsOf([pinRefusal, time, other], context, 'module-swap');
    expect(jobs.map((each) => each.checks.map(({ name }) => name))).toEqual([
      ['pin-refusal', 'other'],
      ['map-unmap-time'],
    ]);
  });
});
