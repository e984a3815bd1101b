import semver from 'semver';
import { z } from 'zod';
import type { KernelVersion } from './kernel-version.ts';

/** A range of versions as npm spells it: `>=5.0`, `<4.14.67`, `>=4.15 <4.16`. */
export const versionRange = z
  .string()
  .refine((text) => semver.validRange(text) !== null, 'not a range of versions');

/**
 * A range without sublevels, to hold a running kernel against: a release such as Debian's `6.1.0-56-amd64` does not say
 * its own.
 */
export const minorRange = versionRange.refine(
  (text) => !bounds(text).some(({ semver: { patch } }) => patch > 0),
  'names a sublevel, which the release of a kernel may not tell',
);

/** The limits of a range; one that is open has none on that side. */
const bounds = (text: string): readonly semver.Comparator[] =>
  semver.validRange(text) === null
    ? []
    : new semver.Range(text).set.flat().filter(({ value }) => value !== '');

/** Whether a kernel lies in a range. A release candidate counts as the release it leads to. */
export const kernelIn = (
  { major, minor, sublevel = 0 }: KernelVersion & { readonly sublevel?: number },
  range: string,
): boolean => semver.satisfies(`${major}.${minor}.${sublevel}`, range);
