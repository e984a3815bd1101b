import type { SourceVersion } from './whole/inputs.ts';

/** What the top Makefile of a kernel says it is; undefined when it is not a kernel's. */
export function readSourceVersion(makefile: string): SourceVersion | undefined {
  const value = (name: string): string =>
    new RegExp(`^${name} *=[ \\t]*(.*?)[ \\t]*$`, 'm').exec(makefile)?.[1] ?? '';
  const [major, minor] = [value('VERSION'), value('PATCHLEVEL')];
  if (major === '' || minor === '') return undefined;
  const numbers = {
    major: Number(major),
    minor: Number(minor),
    sublevel: Number(value('SUBLEVEL')),
  };
  if (!Object.values(numbers).every(Number.isInteger)) return undefined;
  return { ...numbers, extra: value('EXTRAVERSION') };
}

/** As `make kernelversion` has it, such as 4.15.0-rc9. */
export const spellVersion = ({ major, minor, sublevel, extra }: SourceVersion): string =>
  `${major}.${minor}.${sublevel}${extra}`;
