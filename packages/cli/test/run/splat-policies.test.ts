import { expect, test } from 'vitest';
import { parsePolicy, readSplatPolicies } from '../../src/run/splat-policies.ts';

const entry = {
  id: 'known',
  report: 'WARNING',
  function: 'f',
  kernels: '>=4.17',
  variant: 'before',
  reason: 'that is how it is',
  link: 'https://git.kernel.org/linus/d2c997c0f145',
};

test('the entries that come with pinbench can be read, and each has a name of its own', async () => {
  const ids = (await readSplatPolicies()).map(({ id }) => id);
  expect(ids.length).toBeGreaterThan(0);
  expect(new Set(ids).size).toBe(ids.length);
});

test.each([
  ['no reason', { reason: undefined }],
  ['no range of kernels', { kernels: 'new ones' }],
  ['a sublevel, which a release may not tell', { kernels: '>=4.14 <4.14.67' }],
  ['a link to somewhere', { link: 'https://example.org/' }],
  ['a link to no commit', { link: 'https://git.kernel.org/linus/master' }],
  ['no variant that there is', { variant: 'sometimes' }],
  ['a key too many', { because: 'x' }],
  ['the id of another file', { id: 'other' }],
])('an entry with %s is none', (_what, change) => {
  expect(parsePolicy('known.json', entry)).toEqual(entry);
  expect(() => parsePolicy('known.json', { ...entry, ...change })).toThrow(
    'qemu/splats/known.json is not as it should be',
  );
});

test.each(['>=4.17 <6.15', '<=5.10', '~5.10', '6.1', '*', '<4.20 || >=6'])(
  'the range %s names no sublevel',
  (kernels) => {
    expect(parsePolicy('known.json', { ...entry, kernels }).kernels).toBe(kernels);
  },
);
