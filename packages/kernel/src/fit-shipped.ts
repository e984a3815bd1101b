import { RequestError, type Context } from '@pinbench/host';
import { sayStand } from '@pinbench/model';
import type { Base } from './base.ts';
import type { PatchSet } from './patch-set.ts';
import type { Patch } from './patch.ts';
import { PatchRefused } from './refusal.ts';
import { readBefore } from './status/read-before.ts';

/**
 * Fits the patches that pinbench ships to a tree, which may have some of what they do: a baseline that is there already
 * is left out, with a note.
 * @param shipped whether the baseline is pinbench's own, as the patch under test is
 * @throws RequestError when the tree already has the rule that the patch under test is to bring.
 */
export async function fitShipped(
  context: Context,
  base: Base,
  set: PatchSet,
  shipped: { baseline: boolean },
): Promise<PatchSet> {
  const isThere = shipped.baseline && (await isAppliedIn(context, base, set.baseline));
  const baseline = isThere ? [] : set.baseline;
  const { type1 } = await readBefore(context, base, baseline);
  if (type1.stand === 'right' || type1.stand === 'refused')
    throw new RequestError(
      `this tree has the rule already (status: ${sayStand(type1)}): there is no before to hold against the patch that pinbench ships`,
      { hint: 'give --patch, and --baseline to make a before' },
    );
  if (isThere)
    context.progress.note(`the baseline that pinbench ships is in ${base.spec} already: left out`);
  return { ...set, baseline };
}

async function isAppliedIn(
  context: Context,
  base: Base,
  patches: readonly Patch[],
): Promise<boolean> {
  try {
    await readBefore(context, base, patches);
    return false;
  } catch (error) {
    if (error instanceof PatchRefused && error.refusal.outcome === 'already-applied') return true;
    throw error;
  }
}
