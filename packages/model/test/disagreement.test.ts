import { describe, expect, test } from 'vitest';
import {
  codeDiffersName,
  combineVerdicts,
  compareWithBoot,
  type Backing,
  type PinPath,
  type RefusalCell,
  type Result,
  type StatusReport,
  type Verdict,
} from '../src/index.ts';

const path = (fsdax: PinPath['fsdax'], deviceDax: PinPath['deviceDax']): PinPath => ({
  call: fsdax === 'pinned' ? 'get_user_pages_fast()' : 'get_user_pages_longterm()',
  fsdax,
  deviceDax,
  lock: 'held',
  citations: [
    { file: 'drivers/vfio/vfio_iommu_type1.c', line: 358, code: 'ret = …', says: 'it pins' },
  ],
});

const status = (own: PinPath): StatusReport => {
  const absent = { stand: 'absent' as const, citations: [] };
  return {
    base: 'debian:6.1',
    version: '6.1.1',
    type1: { stand: 'right', faults: [], own, prerequisites: [] },
    spapr: { v1: absent, v2: absent },
  };
};

const exposed = status(path('pinned', 'pinned'));
const right = status(path('refused', 'pinned'));
const tooMuch = status(path('refused', 'refused'));
const unclear = status(path('unknown', 'unknown'));

const cell = (outcome: RefusalCell['outcome'], errno?: string): RefusalCell => ({
  outcome,
  ...(errno !== undefined && { errno }),
  expected: '',
  verdict: 'pass',
});
const mapped = cell('maps');
const refused = cell('refused', 'EOPNOTSUPP');

type Answers = Partial<Record<Backing, [before: RefusalCell, after: RefusalCell]>>;

/** A result with the parts that are compared. */
const seen = (answers: Answers, broken: string[] = [], verdict: Verdict = 'pass') =>
  ({
    checks: [
      {
        verdict,
        rows: Object.entries(answers).map(([backing, [before, after]]) => ({
          backing,
          before,
          after,
          verdict: combineVerdicts([before.verdict, after.verdict]),
        })),
      },
    ],
    assumptions: broken.map((name) => ({ name, held: false, needed: '', observed: '' })),
  }) as unknown as Result;

const asItShould: Answers = {
  anon: [mapped, mapped],
  'fsdax-ext4': [mapped, refused],
  'half-fsdax': [mapped, refused],
  'device-dax': [mapped, mapped],
};

describe('the source and the boot', () => {
  test('agree where a right patch does what it should', () => {
    const compared = compareWithBoot({ before: exposed, after: right }, seen(asItShould));
    expect(compared).toEqual({ compared: 6, disagreements: [] });
  });

  test('agree on a patch that refuses device-dax too, which is wrong but no news', () => {
    const boot = seen({ ...asItShould, 'device-dax': [mapped, refused] });
    expect(compareWithBoot({ before: exposed, after: tooMuch }, boot).disagreements).toEqual([]);
  });

  test('disagree when a source that is exposed refuses', () => {
    const boot = seen({ 'fsdax-xfs': [refused, refused] });
    expect(compareWithBoot({ before: exposed, after: right }, boot)).toEqual({
      compared: 2,
      disagreements: [
        {
          variant: 'before',
          backing: 'fsdax-xfs',
          source: 'get_user_pages_fast() has it pinned (drivers/vfio/vfio_iommu_type1.c:358)',
          boot: 'it was refused with EOPNOTSUPP',
        },
      ],
    });
  });

  test('disagree when a source that is right pins', () => {
    const boot = seen({ 'fsdax-ext4': [mapped, mapped] });
    const { disagreements } = compareWithBoot({ before: exposed, after: right }, boot);
    expect(disagreements).toMatchObject([{ variant: 'after', boot: 'it was pinned' }]);
  });

  test('disagree when a source that refuses device-dax maps it, or the other way round', () => {
    const maps = seen({ 'device-dax': [mapped, mapped] });
    const refuses = seen({ 'device-dax': [mapped, refused] });
    const about = { variant: 'after', backing: 'device-dax' };
    expect(compareWithBoot({ before: exposed, after: tooMuch }, maps).disagreements).toMatchObject([
      about,
    ]);
    expect(compareWithBoot({ before: exposed, after: right }, refuses).disagreements).toMatchObject(
      [about],
    );
  });

  test('disagree on a refusal with another error than that of the rule', () => {
    const boot = seen({ 'fsdax-ext4': [mapped, cell('refused', 'EFAULT')] });
    const { disagreements } = compareWithBoot({ before: exposed, after: right }, boot);
    expect(disagreements).toMatchObject([{ boot: 'it was refused with EFAULT' }]);
  });
});

describe('nothing is compared, and why is said', () => {
  const both = { before: exposed, after: right };

  test('where an assumption did not hold, unless it is only that no code differs', () => {
    const contrary: Answers = { 'fsdax-ext4': [mapped, mapped] };
    expect(compareWithBoot(both, seen(contrary, ['fsdax-ext4 is what it says']))).toEqual({
      compared: 0,
      disagreements: [],
      why: 'an assumption of the run did not hold: fsdax-ext4 is what it says',
    });
    expect(compareWithBoot(both, seen(contrary, [codeDiffersName])).disagreements).toHaveLength(1);
  });

  test('where the source was not understood, or the kernel gave no answer', () => {
    const why = 'what was asked, the sources say nothing of';
    expect(compareWithBoot({ before: unclear, after: unclear }, seen(asItShould)).why).toBe(why);
    const lost = cell('unknown');
    expect(compareWithBoot(both, seen({ 'fsdax-ext4': [lost, lost] })).why).toBe(why);
    expect(compareWithBoot(both, seen({ anon: [mapped, refused] })).why).toBe(why);
  });

  test.each(['invalid', 'error'] as const)(
    'where something befell the guest, so that its check is %s',
    (verdict) => {
      const spoilt = seen({ 'fsdax-ext4': [mapped, mapped] }, [], verdict);
      expect(compareWithBoot(both, spoilt)).toEqual({
        compared: 0,
        disagreements: [],
        why: 'the checks that asked what is refused came to no sound answer',
      });
    },
  );

  test('but not where it is invalid because before is not as its source has it', () => {
    const contrary: RefusalCell = { ...refused, verdict: 'invalid' };
    const boot = seen({ 'fsdax-ext4': [contrary, refused] }, [], 'invalid');
    expect(compareWithBoot(both, boot).disagreements).toMatchObject([{ variant: 'before' }]);
  });

  test('where no check asked what is refused', () => {
    expect(compareWithBoot(both, seen({})).why).toBe('no check asked what is refused');
  });
});
