import type { HunkInResult } from '@pinbench/model';
import type { Hunk } from './diff.ts';

type Context = { leading: number; trailing: number };

/**
 * Reads from `git apply --verbose` which hunks were put elsewhere than the patch says, or with less of the context that
 * they have. git counts lines in the file as the hunks before have left it, and tells where the first line stands that
 * it did not pass over (apply.c, apply_one_fragment()).
 */
export function readPlacements(
  stderr: string,
  hunksOf: (file: string) => readonly Hunk[],
): HunkInResult[] {
  const placed: HunkInResult[] = [];
  let file = '';
  let told: { hunk: Hunk; at: number } | undefined;
  const put = (hunk: Hunk, at: number, kept: Context): void => {
    const { number, header, newStart, leading, trailing } = hunk;
    const passed = leading - kept.leading;
    const fuzz = Math.max(passed, trailing - kept.trailing);
    placed.push({ file, number, header, offset: at - passed - newStart, fuzz });
  };
  const settle = (): void => {
    if (told) put(told.hunk, told.at, told.hunk);
    told = undefined;
  };
  for (const line of stderr.split('\n')) {
    const [, checking] = /^Checking patch (?:.* => )?(.*)\.\.\.$/.exec(line) ?? [];
    const [, number, offsetAt] = /^Hunk #(\d+) succeeded at (\d+) /.exec(line) ?? [];
    const reduced = readReduced(line);
    if (checking !== undefined || number !== undefined) settle();
    if (checking !== undefined) file = checking;
    const hunk = hunksOf(file)[Number(number) - 1];
    if (hunk) told = { hunk, at: Number(offsetAt) };
    if (!reduced) continue;
    // git's own reckoning is off by what it passes over: where it finds no offset it does not say the number.
    const its = told?.at === reduced.at ? told.hunk : nearest(hunksOf(file), reduced.at);
    if (its === told?.hunk) told = undefined;
    else settle();
    if (its) put(its, reduced.at, reduced);
  }
  settle();
  return placed.filter(({ offset, fuzz }) => offset !== 0 || fuzz !== 0);
}

function readReduced(line: string): (Context & { at: number }) | undefined {
  const [, leading, trailing, at] =
    /^Context reduced to \((\d+)\/(\d+)\) to apply fragment at (\d+)$/.exec(line) ?? [];
  if (at === undefined) return undefined;
  return { leading: Number(leading), trailing: Number(trailing), at: Number(at) };
}

const nearest = (hunks: readonly Hunk[], at: number): Hunk | undefined =>
  hunks.toSorted((a, b) => Math.abs(a.newStart - at) - Math.abs(b.newStart - at))[0];
