import { describe, expect, test } from 'vitest';
import { isUnderstood, sayStand, type PinPath, type StatusReport } from '../src/index.ts';

const path: PinPath = {
  call: 'get_user_pages_fast()',
  fsdax: 'pinned',
  deviceDax: 'pinned',
  lock: 'taken-inside',
  citations: [],
};

const report: StatusReport = {
  base: 'tree:here',
  version: '4.9.229',
  type1: { stand: 'prepared', faults: [], own: path, prerequisites: [] },
  spapr: { v1: { stand: 'exposed', citations: [] }, v2: { stand: 'absent', citations: [] } },
};

test('faults are named, all of them', () => {
  expect(sayStand({ stand: 'prepared', faults: [], prerequisites: [] })).toBe(
    'exposed, prerequisites there',
  );
  expect(sayStand({ stand: 'refused', faults: ['lock'], prerequisites: [] })).toBe(
    'refused, but GUP without the lock',
  );
  expect(sayStand({ stand: 'refused', faults: ['device-dax', 'lock'], prerequisites: [] })).toBe(
    'refused, but device-dax too and GUP without the lock',
  );
});

describe('a report is understood', () => {
  test('when all of it is', () => {
    expect(isUnderstood(report)).toBe(true);
  });

  test.each<[string, StatusReport]>([
    ['the whole', { ...report, type1: { ...report.type1, stand: 'unknown' } }],
    ['one path', { ...report, type1: { ...report.type1, other: { ...path, fsdax: 'unknown' } } }],
    ['sPAPR', { ...report, spapr: { ...report.spapr, v1: { stand: 'unknown', citations: [] } } }],
  ])('not when %s is not', (_what, not) => {
    expect(isUnderstood(not)).toBe(false);
  });
});
