import { RequestError } from '@pinbench/host';
import { backings, modelledVersions } from '@pinbench/model';
import { describe, expect, test } from 'vitest';
import { readExplainRequest, type ExplainOptions } from '../../src/model/explain-request.ts';

const read = (options: Partial<ExplainOptions> = {}) =>
  readExplainRequest({ kernel: '6.1', prot: 'rw', ...options });

const refused = (
  options: Partial<ExplainOptions>,
): { message: string; hint: string | undefined } => {
  try {
    read(options);
  } catch (error) {
    if (error instanceof RequestError) return { message: error.message, hint: error.hint };
    throw error;
  }
  throw new Error('it was taken');
};

describe('what model explain is asked', () => {
  test.each([
    ['4.15', 'longterm-unlocked'],
    ['4.16', 'longterm-unlocked'],
    ['4.18', 'longterm'],
  ])('of %s is the rule as it was then: %s', (kernel, rule) => {
    expect(read({ kernel }).designs.map(({ name }) => name)).toEqual(['gup-fast', rule]);
  });

  test('is by default all memory, with VFIO as it was and as it is', () => {
    const { memories, designs } = read();
    expect(memories.map(({ backing }) => backing)).toEqual([...backings]);
    expect(designs.map(({ name }) => name)).toEqual(['gup-fast', 'longterm']);
  });

  test('takes versions as they are written', () => {
    for (const kernel of ['4.15', 'v4.15', '4.15-rc3', 'v4.15.18'])
      expect(read({ kernel }).kernel).toEqual({ major: 4, minor: 15 });
  });

  test('names designs once or several times, or with commas', () => {
    const { designs } = read({ design: ['lease,longterm', 'gup-fast'] });
    expect(designs.map(({ name }) => name)).toEqual(['gup-fast', 'longterm', 'lease']);
  });

  test('leaves out what cannot be mapped so, where nothing is named', () => {
    const all = read({ share: 'private' }).memories.map(({ backing }) => backing);
    expect(all).not.toContain('device-dax');
    expect(all).toContain('fsdax-ext4');
  });
});

describe('what it does not know', () => {
  test('is answered with what there is', () => {
    expect(refused({ backing: 'fsdx' }).hint).toContain('fsdax-ext4');
    expect(refused({ design: ['rent'] }).hint).toContain('lease');
    expect(refused({ kernel: 'new' }).hint).toContain(modelledVersions.join(', '));
    expect(refused({ kernel: '4.8' }).message).toContain('"4.8" is no version from 4.9 on');
    expect(read({ kernel: '4.9' }).kernel).toEqual({ major: 4, minor: 9 });
  });

  test('is memory that cannot be had so', () => {
    expect(refused({ backing: 'device-dax', share: 'private' }).message).toContain('device-dax');
    expect(refused({ prot: 'ro', touch: 'write' }).message).toContain('--prot rw');
  });
});
