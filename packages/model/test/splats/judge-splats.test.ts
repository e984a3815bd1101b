import { describe, expect, test } from 'vitest';
import { checks, legMarker, type Job, type Splat, type SplatPolicy } from '../../src/index.ts';
import { judgeSplats } from '../../src/splats/judge-splats.ts';

const pinRefusal = checks.find(({ name }) => name === 'pin-refusal')!;
const job: Job = { checks: [pinRefusal], boot: 0 };
const kernel = { major: 6, minor: 1 };

const report = (at: string, cpu = 0): Splat => {
  const headline = `[    2.${cpu}] WARNING: CPU: ${cpu} PID: 1 at ${at}+0x${cpu}/0x9`;
  return {
    kind: 'warning',
    headline,
    excerpt: [
      '[    2.0] ------------[ cut here ]------------',
      '[    2.0] a word of warning',
      headline,
      '[    2.1] RIP: 0010:f+0x1/0x2',
      '[    2.1] RAX: 0000000000000000 RBX: ffff',
      '[    2.1] Call Trace:',
      '[    2.1]  ? nobody+0x1/0x2',
      '[    2.1]  caller+0x12/0x34 [vfio_iommu_type1]',
      '[    2.1] ---[ end trace 0000000000000000 ]---',
    ],
  };
};

/** A guest with splats between its markers: `[set-up, leg 1 before, leg 2 after, leg 3 after, leg 4 before]`. */
function guest(splats: readonly (readonly Splat[])[], own: Job = job) {
  const legs = (['before', 'after', 'after', 'before'] as const).map((variant, index) => ({
    variant,
    index,
  }));
  const console = splats.flatMap((some, part) => [
    ...(part === 0 ? [] : [`[    1.0] ${legMarker(legs[part - 1]!)}`]),
    ...some.map(({ headline }) => headline),
  ]);
  return { job: own, console, splats: splats.flat() };
}

const judge = (splats: readonly (readonly Splat[])[], policies: readonly SplatPolicy[] = []) =>
  judgeSplats([guest(splats)], { policies, kernel });

const dax = 'fs/dax.c:398 dax_disassociate_entry';
const gup = 'mm/gup.c:1 try_grab_page';
const policy: SplatPolicy = {
  id: 'known',
  report: 'WARNING',
  function: 'dax_disassociate_entry',
  file: 'fs/dax.c',
  kernels: '>=4.17 <6.15',
  variant: 'before',
  reason: 'that is how it is',
  link: 'https://git.kernel.org/linus/d2c997c0f145',
};

describe('what the kernels print of themselves', () => {
  test('passes when it is nothing', () => {
    expect(judge([[], [], [], [], []])).toMatchObject({ verdict: 'pass' });
    expect(judge([[], [], [], [], []])).not.toHaveProperty('cases');
  });

  test('is not judged where nothing was booted', () => {
    expect(judgeSplats([], { policies: [], kernel }).verdict).toBe('skip');
  });

  test('fails once patched code has run, in whosever leg', () => {
    const after = judge([[], [], [report(dax)], [report(dax, 1)], []]);
    expect(after.verdict).toBe('fail');
    expect(after.reason).toMatch(
      /^WARNING in dax_disassociate_entry \[[0-9a-f]{8}\] was printed from fs\/dax\.c:398 in leg 2 \(after\)/,
    );
    expect(after.cases).toMatchObject([
      { before: { saw: 'not seen', verdict: 'pass' }, after: { saw: 'seen 2 times' } },
    ]);
    const later = judge([[], [], [], [], [report(dax)]]);
    expect(later.verdict).toBe('fail');
    expect(later.cases?.[0]?.before.verdict).toBe('fail');
  });

  test('leaves nothing proven when it comes without the patch, whether or not it comes with it', () => {
    expect(judge([[report(dax)], [], [], [], []])).toMatchObject({ verdict: 'invalid' });
    const both = judge([[], [report(dax)], [report(dax, 1)], [], []]);
    expect(both.verdict).toBe('invalid');
    expect(both.reason).toMatch(
      /in leg 1 \(before\), without the patch; an entry in qemu\/splats allows what is right to come there$/,
    );
    expect(both.cases?.[0]?.after.detail).toMatch(/and without the patch as well$/);
  });

  test('that is usual does not hide another', () => {
    const judged = judge([[], [report(dax)], [report(dax, 1), report(gup)], [], []]);
    expect(judged.verdict).toBe('fail');
    expect(judged.reason).toMatch(/^WARNING in try_grab_page/);
  });

  test('is told by the kernel that printed it, where each variant has its own', () => {
    const at = (own: 'before' | 'after') =>
      judgeSplats([guest([[report(dax)]], { ...job, kernel: own })], { policies: [], kernel });
    expect(at('after').verdict).toBe('fail');
    expect(at('after').reason).toMatch(/while the after kernel was set up$/);
    expect(at('before').verdict).toBe('invalid');
  });

  test('shows words, headline and the stack, without registers, with lines where they are known', () => {
    const splat = { ...report(gup), lines: { 'caller+0x12 [vfio_iommu_type1]': 'a.c:7' } };
    const { cases } = judge([[], [], [splat], [], []]);
    expect(cases?.[0]?.after.evidence).toEqual([
      'a word of warning',
      'WARNING: CPU: 0 PID: 1 at mm/gup.c:1 try_grab_page+0x0/0x9',
      '  caller+0x12 [vfio_iommu_type1] (a.c:7)',
    ]);
  });
});

describe('a policy', () => {
  test('allows a report where it says so, and the report says which', () => {
    const judged = judge([[], [report(dax)], [], [], []], [policy]);
    expect(judged.verdict).toBe('pass');
    expect(judged.cases?.[0]?.before).toMatchObject({
      expected: 'allowed by known',
      why: 'that is how it is (https://git.kernel.org/linus/d2c997c0f145)',
    });
    expect(judged.notes[0]).toMatch(/^Allowed before: WARNING in dax_disassociate_entry/);
  });

  test('for before alone is no excuse after, though it came before as well', () => {
    expect(judge([[], [report(dax)], [report(dax, 1)], [], []], [policy]).verdict).toBe('fail');
  });

  test('for before allows it in a leg without the patch that comes after one with it', () => {
    expect(judge([[], [], [], [], [report(dax)]], [policy]).verdict).toBe('pass');
  });

  test.each([
    ['another function', { function: 'f' }],
    ['another file', { file: 'mm/gup.c' }],
    ['another kind', { report: 'BUG()' }],
    ['other kernels', { kernels: '>=6.2' }],
    ['the other variant', { variant: 'after' as const }],
  ])('for %s allows nothing', (_what, other) => {
    const judged = judge([[], [report(dax)], [], [], []], [{ ...policy, ...other }]);
    expect(judged.verdict).toBe('invalid');
  });
});
