import { describe, expect, test } from 'vitest';
import {
  backings,
  designs,
  explainMemory,
  parseKernelVersion,
  type AskedMemory,
  type DesignName,
} from '../src/index.ts';

const under = (...names: DesignName[]) => designs.filter(({ name }) => names.includes(name));
const told = (release: string, memory: AskedMemory, ...names: DesignName[]) =>
  explainMemory(
    memory,
    parseKernelVersion(release),
    names.length > 0 ? under(...names) : under('gup-fast', 'longterm'),
  );

const answer = (explained: ReturnType<typeof told>, question: string) =>
  explained.answers.find((each) => each.question === question)?.answers;

test.each([
  ['4.9', true],
  ['4.12', false],
  ['4.14', true],
  ['4.15', true],
])('the refusal of fs-dax is in %s: %s', (release, holds) => {
  const { commits } = told(release, { backing: 'fsdax-xfs' }, 'longterm');
  expect(commits).toContainEqual({
    ...{ commit: '2bb6d2837083', from: '4.15', stable: ['4.9', '4.14'], holds },
    why: 'a long-term GUP refuses an fs-dax VMA',
  });
});

describe('what the model says of a DAX file', () => {
  const { answers, commits, elsewhere, ...memory } = told('6.1', { backing: 'fsdax-ext4' });

  test('is said of memory as the agent makes it', () => {
    expect(memory).toEqual({ backing: 'fsdax-ext4', share: 'shared', prot: 'rw', touch: 'write' });
  });

  test('is an answer of each design, with the rule behind it', () => {
    expect(answers.find(({ question }) => question === 'map for reading')?.answers).toEqual([
      {
        design: 'gup-fast',
        said: 'mapped',
        why: 'the fast GUP asks nothing about the file behind a page',
      },
      {
        design: 'longterm',
        said: 'refused EOPNOTSUPP',
        why: 'check_vma_flags() refuses FOLL_LONGTERM on an fs-dax VMA (52650c8b466b)',
      },
    ]);
  });

  test('rests on commits without which it would be another, and on no others', () => {
    expect(commits.map(({ commit, holds }) => [commit, holds])).toEqual([
      ['73fa0d10d077', true],
      ['f7f99100d8d9', false],
      ['430657b6be89', true],
      ['52650c8b466b', true],
      ['0e2f80afcfa6', false],
    ]);
  });

  test('is another on older and on newer kernels', () => {
    expect(elsewhere).toContainEqual({
      ...{ to: '4.18', design: 'gup-fast', question: 'truncate of the file' },
      said: 'returns; the device writes into the file that gets the block',
      commit: '430657b6be89',
    });
    expect(elsewhere).toContainEqual({
      ...{ from: '6.15', design: 'gup-fast', question: 'unlink' },
      said: 'waits, and no signal ends it',
      commit: '0e2f80afcfa6',
    });
  });
});

test('an era that ended is told by what ended it', () => {
  const { elsewhere } = told('4.14', { backing: 'fsdax-xfs' }, 'gup-fast');
  expect(elsewhere).toContainEqual({
    ...{ from: '4.15', to: '4.15', design: 'gup-fast', question: 'counted as locked' },
    ...{ said: 'every page', commit: 'f7f99100d8d9' },
  });
});

test('two eras of one version are not taken apart: a device sees a fork of its memory alike on both sides of 5.9', () => {
  const anon = told('6.1', { backing: 'anon' });
  expect(answer(anon, 'fork, the child writes')?.[0]?.said).toBe(
    'the device goes on seeing what the process writes',
  );
  expect(anon.elsewhere).toEqual([]);
});

test('a lease waits for its owner, and keeps no pin', () => {
  const lease = told('6.1', { backing: 'fsdax-xfs' }, 'lease');
  expect(answer(lease, 'truncate of the file')?.[0]?.said).toContain('owner of the lease');
  expect(answer(lease, 'pins left after the unmap')?.[0]?.said).toBe('no pin');
});

test('the patch as it was merged says that it leaves the lock out', () => {
  const unlocked = told('4.16', { backing: 'anon', touch: 'none' }, 'longterm-unlocked');
  expect(answer(unlocked, 'map for reading and writing')?.[0]?.said).toContain('without the lock');
});

test('every kind of memory on every kernel has answers', () => {
  for (const version of ['4.14', '5.10', '7.3'])
    for (const backing of backings)
      expect(told(version, { backing }).answers.length, `${backing} ${version}`).toBeGreaterThan(2);
});

test('a stable line that took a commit over answers like the kernels after it, and the ones between do not', () => {
  const bar: AskedMemory = { backing: 'device-bar', prot: 'ro' };
  const { elsewhere, commits } = told('6.1', bar, 'gup-fast');
  const mapped = elsewhere.filter(({ question }) => question === 'map for reading and writing');
  expect(mapped.map(({ from, to }) => [from, to])).toEqual([
    [undefined, '5.3'],
    ['5.5', '5.9'],
    ['5.11', '5.11'],
  ]);
  expect(commits.find(({ commit }) => commit === '07956b6269d3')?.stable).toEqual(['5.4', '5.10']);
});
