import { expect, test } from 'vitest';
import { formatPlan, iova, operations as op } from '../src/index.ts';

test('a plan is one operation per line, as PLAN.md has it', () => {
  expect(
    formatPlan([
      op.map({ iova: iova(0x100000), buffer: 'b', len: 4096 }, 'm'),
      op.exec({ argv: '/bin/ndctl list -N' }, 'list'),
      op.counters(),
    ]),
  ).toBe(
    'map id=m iova=0x100000 buffer=b len=4096\nexec id=list argv=/bin/ndctl list -N\ncounters\n',
  );
});

test('a value with white space is a defect, not a broken plan', () => {
  expect(() => formatPlan([op.rmmod({ name: 'a b' })])).toThrow(/white space/);
});
