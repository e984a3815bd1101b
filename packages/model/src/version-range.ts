import semver from 'semver';
import { z } from 'zod';
import type { KernelVersion } from './kernel-version.ts';

/** A range of versions as npm spells it: `>=5.0`, `<4.14.67`, `>=4.15 <4.16`. */
export const versionRange = z
  .string()
  .refine((text) => semver.validRange(text) !== null, 'not a range of versions');

/** Whether a kernel lies in a range. A release candidate counts as the release it leads to. */
export const kernelIn = (
  { major, minor, sublevel = 0 }: KernelVersion & { readonly sublevel?: number },
  range: string,
): boolean => semver.satisfies(`${major}.${minor}.${sublevel}`, range);
