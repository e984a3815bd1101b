export type KernelVersion = { readonly major: number; readonly minor: number };

/**
 * Reads the leading `major.minor` of a kernel release such as `6.1.0-56-amd64` or `v4.15-rc3`.
 * @throws RangeError when there is none.
 */
export function parseKernelVersion(release: string): KernelVersion {
  const match = /^v?(\d+)\.(\d+)/.exec(release);
  if (!match) throw new RangeError(`no kernel version in "${release}"`);
  return { major: Number(match[1]), minor: Number(match[2]) };
}

export const atLeast = (version: KernelVersion, major: number, minor: number): boolean =>
  version.major > major || (version.major === major && version.minor >= minor);
