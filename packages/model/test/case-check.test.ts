import { describe, expect, test } from 'vitest';
import { caseCheck, type Case } from '../src/checks/cases/index.ts';
import type { AgentRecord, Leg } from '../src/index.ts';
import { operations as op } from '../src/index.ts';
import { context } from './scripted-kernel.ts';

const mapping: Case = {
  name: 'ext4: map a file',
  backings: ['fsdax-ext4'],
  expect: ({ variant }) => ({ said: variant === 'before' ? 'maps' : 'refused', why: 'the rule' }),
  plan: ({ id, name }) => [op.release({ name: name('file') }, id('map'))],
  judge: (answer, { variant }) => {
    const map = answer('map');
    if (map === undefined) return { saw: 'not known', unknown: 'could not be asked' };
    const saw = map.ok ? 'maps' : 'refused';
    const right = map.ok === (variant === 'before');
    return { saw, ...(!right && { wrong: `was ${saw}` }), evidence: ['a line'] };
  },
};
const device: Case = {
  ...mapping,
  name: 'device',
  backings: ['device-dax'],
  skip: () => 'too old',
};

const leg = (index: number, ok: boolean | undefined, patched = index > 0): Leg => ({
  ...{ boot: 0, index, variant: index === 0 ? 'before' : 'after', patched },
  record: (id) =>
    id === 'example.ext4-map-a-file.map' && ok !== undefined
      ? ({ seq: 1, op: 'map', ok, ns: 1 } satisfies AgentRecord)
      : undefined,
});

const check = (cases: readonly Case[]) =>
  caseCheck({ name: 'example', title: 'An example', cases, says: () => ['It is so.'] });

const judge = (before: boolean | undefined, after: boolean | undefined, cases = [mapping]) =>
  check(cases).judge([leg(0, before), leg(1, after)], context).result;

describe('a check that is made of cases', () => {
  test('names its records and buffers after the case and the leg', () => {
    expect(check([mapping]).plan('after', { ...context, device: '0000:00:03.0' }, 1)).toEqual([
      op.release({ name: '1-example-ext4-map-a-file-file' }, 'example.ext4-map-a-file.map'),
    ]);
  });

  test('passes with what is to be quoted and shown', () => {
    const { verdict, says, cases } = judge(true, false);
    expect(verdict).toBe('pass');
    expect(says).toEqual(['It is so.']);
    expect(cases?.[0]?.after).toMatchObject({ saw: 'refused', evidence: ['a line'] });
  });

  test('fails for what is wrong after, by the name of the case', () => {
    const { verdict, says, reason } = judge(true, true);
    expect([verdict, says, reason]).toEqual([
      'fail',
      undefined,
      'after: ext4: map a file was maps',
    ]);
  });

  test('says nothing where before is not as the model has it', () => {
    expect(judge(false, false).verdict).toBe('invalid');
  });

  test('says nothing where there is no answer', () => {
    expect(judge(true, undefined)).toMatchObject({
      verdict: 'invalid',
      reason: 'after: ext4: map a file could not be asked',
    });
  });

  test('passes over cases that the kernel cannot be asked, and is skipped when there is no other', () => {
    expect(check([device]).plan('before', { ...context, device: '0000:00:03.0' }, 0)).toEqual([]);
    expect(judge(true, false, [mapping, device])).toMatchObject({ verdict: 'pass' });
    expect(judge(true, false, [device])).toMatchObject({ verdict: 'skip', reason: 'too old' });
  });

  test('is not asked without the memory that it needs', () => {
    const asked = { ...context, backings: ['anon'] as const };
    expect(check([mapping]).skip(asked)).toMatch(/--backing/);
    expect(check([mapping]).skip(context)).toBeUndefined();
  });
});
