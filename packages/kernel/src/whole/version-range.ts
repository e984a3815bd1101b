import semver from 'semver';
import { z } from 'zod';
import type { SourceVersion } from './inputs.ts';

/** A range of versions as npm spells it: `>=5.0`, `<4.14.67`, `>=4.15 <4.16`. */
export const versionRange = z
  .string()
  .refine((text) => semver.validRange(text) !== null, 'not a range of versions');

/** Whether a kernel lies in a range. A release candidate counts as the release it leads to. */
export const kernelIn = ({ major, minor, sublevel }: SourceVersion, range: string): boolean =>
  semver.satisfies(`${major}.${minor}.${sublevel}`, range);

/** Whether a tool whose `--version` begins with this line lies in a range: `GNU ld (GNU Binutils for Debian) 2.40`. */
export function toolIn(firstLine: string, range: string): boolean {
  const version = semver.coerce(firstLine.replace(/\([^)]*\)/g, ''));
  return version !== null && semver.satisfies(version, range);
}
