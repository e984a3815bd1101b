import semver from 'semver';

/** Whether a tool whose `--version` begins with this line lies in a range: `GNU ld (GNU Binutils for Debian) 2.40`. */
export function toolIn(firstLine: string, range: string): boolean {
  const version = semver.coerce(firstLine.replace(/\([^)]*\)/g, ''));
  return version !== null && semver.satisfies(version, range);
}
