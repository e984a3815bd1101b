import { expect, test } from 'vitest';
import { explain } from '../src/explain.ts';
import { parseKernelVersion, type RefusalCell, type RefusalRow } from '../src/index.ts';
import { swapped } from './scripted-kernel.ts';

const maps: RefusalCell = { outcome: 'maps', expected: 'mapped', verdict: 'pass' };
const refused = (errno: string): RefusalCell => ({
  outcome: 'refused',
  errno,
  expected: `refused ${errno}`,
  verdict: 'pass',
});
const row = (
  backing: RefusalRow['backing'],
  before: RefusalCell,
  after: RefusalCell,
): RefusalRow => ({ backing, before, after, verdict: 'pass' });

/** What a pass says below its first sentence, which is of filesystem-DAX. */
const told = (pageCache: RefusalRow, before: 'gup-fast' | 'longterm' = 'gup-fast') =>
  explain({
    verdict: 'pass',
    checks: [
      {
        name: 'pin-refusal',
        title: '',
        verdict: 'pass',
        rows: [row('anon', maps, maps), pageCache, row('fsdax-ext4', maps, refused('EOPNOTSUPP'))],
        notes: [],
      },
    ],
    assumptions: [],
    context: { pinning: { before, after: 'longterm' }, kernel: parseKernelVersion('6.12.1') },
    subject: swapped,
  }).slice(1);

test('memory that is refused after only is named with the reason, and not said to behave alike', () => {
  expect(told(row('page-cache', maps, refused('EFAULT')))).toEqual([
    'What else was asked behaves alike before and after (anon).',
    'page-cache: mapped before, refused EFAULT after, as expected: from 6.5 on a long-term pin for writing of a shared file mapping is refused (8ac268436e6d).',
  ]);
});

test('memory that is refused with one errno on both sides behaves alike', () => {
  expect(told(row('page-cache', refused('EFAULT'), refused('EFAULT')), 'longterm')).toEqual([
    'What else was asked behaves alike before and after (anon, page-cache).',
  ]);
});
