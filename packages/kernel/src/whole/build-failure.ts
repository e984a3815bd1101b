import type { Context } from '@pinbench/host';
import type { Variant } from '@pinbench/model';
import { compileError } from '../compile-error.ts';
import type { Overlay } from './inputs.ts';
import { inWorkspace, MakeFailure, type Wanted } from './workspace.ts';

/**
 * What a build is for, by which it is told whose fault it is when it fails. `before`: what *before* is made of, beside
 * the source. `patch`: what an error calls the patches that are tried, by default `the patch`.
 */
export type Role = { variant: Variant; before?: Overlay | undefined; patch?: string };

/**
 * Turns make's failure into an error that says whose fault it is. An overlay is held against what it lies on, which is
 * built alone: *after* against *before*, *before* against the source. Only if that goes well it is the patch that does
 * not compile; else *before* does not build. Other errors come back as they are.
 */
export async function buildFailure(
  context: Context,
  wanted: Wanted,
  failure: unknown,
  { variant, before, patch }: Role,
): Promise<unknown> {
  if (!(failure instanceof MakeFailure)) return failure;
  const below = variant === 'after' ? before : undefined;
  const control = wanted.overlay && (await tryBuild(context, { ...wanted, overlay: below }));
  if (control !== undefined && !(control instanceof MakeFailure)) return control;
  const isPatch = wanted.overlay !== undefined && control === undefined;
  const { folder, output } = (variant === 'after' ? control : undefined) ?? failure;
  return compileError(output, {
    variant: isPatch ? 'after' : 'before',
    what: 'kernel',
    folder: `${folder}/`,
    shown: '',
    ...(patch !== undefined && { patch }),
  });
}

/** @returns what went wrong */
const tryBuild = (context: Context, wanted: Wanted): Promise<unknown> =>
  inWorkspace(context, wanted, () => Promise.resolve(undefined)).catch((error: unknown) => error);
