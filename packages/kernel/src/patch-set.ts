import { BenchError, RequestError } from '@pinbench/host';
import type { PatchInResult } from '@pinbench/model';
import type { Application } from './apply.ts';
import type { Base } from './base.ts';
import type { Patch } from './patch.ts';
import { isOutsideBuild, refuseMixedMove, requireBuilt } from './swap.ts';

/** The patches of a run by what they are for: `before` is the base with the baseline, `after` that with what is tested. */
export type PatchSet = {
  baseline: readonly Patch[];
  underTest: readonly Patch[];
  /** The baseline is pinbench's own, and its fault when it does not fit. */
  shippedBaseline: boolean;
};

/**
 * The files of all patches that go into a build.
 * @throws RequestError when a patch moves a file between what is built and what is not, or none under test is built.
 */
export function builtFiles({ baseline, underTest }: PatchSet): string[] {
  for (const { text } of [...baseline, ...underTest]) refuseMixedMove(text);
  const touched = (patches: readonly Patch[]): string[] =>
    patches.flatMap(({ touches }) => touches);
  const built = baseline.length > 0 ? requireBuilt(touched(baseline)) : [];
  return [...new Set([...built, ...requireBuilt(touched(underTest))])];
}

/** Files of the patches that no build reads, such as documentation. They are not applied. */
export const leftOutFiles = ({ baseline, underTest }: PatchSet): string[] =>
  [...baseline, ...underTest].flatMap(({ touches }) => touches).filter(isOutsideBuild);

/** What the patches are applied to, as error messages call it. */
export const spellBase = (base: Base): string => `${base.spec} (${base.sourceVersion})`;

/** A baseline patch is ours to keep fitting: that it does not is not the user's mistake. */
export const asOurs = (error: unknown, base: Base, { shippedBaseline }: PatchSet): unknown =>
  shippedBaseline && error instanceof RequestError
    ? new BenchError(error.message, {
        hint: `pinbench's baseline patch for ${base.spec} is older than this kernel; see qemu/patches`,
        detail: error.detail,
        cause: error,
      })
    : error;

/** What an error calls the baseline. */
export const nameBaseline = ({ baseline, shippedBaseline }: PatchSet): string =>
  shippedBaseline
    ? 'the baseline patch'
    : `--baseline ${[...new Set(baseline.map(({ file }) => file))].join(', ')}`;

/** The patches for the result, each with how it was applied. */
export const patchesInResult = (
  { baseline, underTest }: PatchSet,
  applied: { before: readonly Application[]; after: readonly Application[] },
): PatchInResult[] => [
  ...inResult(baseline, 'baseline', applied.before),
  ...inResult(underTest, 'under-test', applied.after),
];

const inResult = (
  patches: readonly Patch[],
  role: PatchInResult['role'],
  applied: readonly Application[],
): PatchInResult[] =>
  patches.map(({ file, subject, author, series, upstream, trailers, sha256, touches }, index) => ({
    file,
    role,
    subject,
    ...(author !== undefined && { author }),
    ...(series && { series }),
    ...(upstream !== undefined && { upstream }),
    trailers,
    sha256,
    touches,
    ...(applied[index] ?? { applied: 'clean' }),
  }));
