import { RequestError } from '@pinbench/host';
import { expect, test } from 'vitest';
import { inOrder, isReply, newest, placeIn, versionIn, withoutTag } from '../src/series.ts';

test.each([
  ['[PATCH 2/5] vfio: x', { version: 1, at: 2, of: 5 }, 'vfio: x'],
  ['[PATCH v3 02/10] vfio: x', { version: 3, at: 2, of: 10 }, 'vfio: x'],
  ['[PATCHv2 2/5] vfio: x', { version: 2, at: 2, of: 5 }, 'vfio: x'],
  ['[PATCH stable 4.14 10/12] vfio: x', { version: 1, at: 10, of: 12 }, 'vfio: x'],
  ['Re: [PATCH] vfio: x [1/2]', undefined, 'vfio: x [1/2]'],
  ['vfio: 1/2 of it', undefined, 'vfio: 1/2 of it'],
])('%s', (subject, place, plain) => {
  expect(placeIn(subject)).toEqual(place);
  expect(withoutTag(subject)).toBe(plain);
});

test('a reply is told by its subject', () => {
  expect(isReply('Re: [PATCH] vfio: x')).toBe(true);
  expect(isReply('[PATCH] vfio: reset: x')).toBe(false);
  expect(isReply('[PATCH] Re: x')).toBe(false);
});

const ordered = (...subjects: string[]) =>
  inOrder(
    subjects.map((subject) => ({
      subject,
      version: versionIn(subject),
      place: placeIn(subject),
    })),
    'the.mbox',
  ).map(({ subject }) => subject);

test('a series is sorted by its numbers', () => {
  expect(ordered('[PATCH 2/2] b', '[PATCH 1/2] a')).toEqual(['[PATCH 1/2] a', '[PATCH 2/2] b']);
});

test.each([
  [['[PATCH] b', '[PATCH] a']],
  [['[PATCH] needed first', '[PATCH 1/2] a', '[PATCH 2/2] b']],
  [['[PATCH 1/2] a', '[PATCH 2/2] b', '[PATCH 1/2] c', '[PATCH 2/2] d']],
  [['[PATCH 4/5] one of them']],
])('what is not one series is left as it stands: %j', (subjects) => {
  expect(ordered(...subjects)).toEqual(subjects);
});

test('a patch that is missing is named', () => {
  expect(() => ordered('[PATCH 1/3] a', '[PATCH 2/3] b')).toThrow(RequestError);
  expect(() => ordered('[PATCH 1/3] a', '[PATCH 2/3] b')).toThrow('and 3/3 is not in it');
});

const kept = (...subjects: string[]) =>
  newest(
    subjects.map((subject) => ({
      subject: withoutTag(subject),
      version: versionIn(subject),
      place: placeIn(subject),
    })),
  ).kept.map(({ subject, version }) => `v${version} ${subject}`);

test('of several versions of a series the newest is kept', () => {
  expect(kept('[PATCH 1/1] a', '[PATCH v2 1/2] a', '[PATCH v2 2/2] b')).toEqual(['v2 a', 'v2 b']);
});

test('of several versions of one patch the newest is kept', () => {
  expect(kept('[PATCH] a', '[PATCH v3] a', '[PATCH v2] a')).toEqual(['v3 a']);
});

test('a patch beside a series, of which there is no newer one, is kept', () => {
  expect(kept('[PATCH] needed first', '[PATCH v2 1/1] a')).toEqual(['v1 needed first', 'v2 a']);
});
