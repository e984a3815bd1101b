import type { Context } from '@pinbench/host';
import { compileError } from '../compile-error.ts';
import { inWorkspace, MakeFailure, type Wanted } from './workspace.ts';

/**
 * Turns make's failure into an error that says whose fault it is. With an overlay, the source alone is built: only if
 * that goes well it is the patch that does not compile. Other errors come back as they are.
 */
export async function buildFailure(
  context: Context,
  wanted: Wanted,
  failure: unknown,
): Promise<unknown> {
  if (!(failure instanceof MakeFailure)) return failure;
  const { overlay } = wanted;
  const alone =
    overlay &&
    (await inWorkspace(context, { ...wanted, overlay: undefined }, () =>
      Promise.resolve(undefined),
    ).catch((error: unknown) => error));
  const ownFault = overlay === undefined || alone instanceof MakeFailure;
  if (alone !== undefined && !ownFault) return alone;
  const { folder, output } = alone instanceof MakeFailure ? alone : failure;
  return compileError(output, {
    variant: ownFault ? 'before' : 'after',
    what: 'kernel',
    folder: `${folder}/`,
    shown: '',
  });
}
