import { RequestError, type Context } from '@pinbench/host';
import {
  fitShipped,
  readPatches,
  shippedPatches,
  shippedForTree,
  type Base,
  type PatchSet,
  type ShippedPatches,
} from '@pinbench/kernel';
import { parseKernelVersion } from '@pinbench/model';
import type { RunRequest } from './request.ts';

/**
 * The user's patches, and for what the user does not give those that pinbench ships for the base. A tree with the
 * user's own patch is taken as it is: it need not have the rule that a baseline takes out.
 * @throws RequestError when there is nothing to test, or a tree has already what the shipped patch is to bring.
 */
export async function choosePatches(
  context: Context,
  request: RunRequest,
  base: Base,
): Promise<PatchSet> {
  const own = { underTest: request.patches.length > 0, baseline: request.baseline.length > 0 };
  const shipped = shippedFor(base);
  const asItIs = base.kind === 'tree' && own.underTest;
  const baseline = own.baseline ? request.baseline : asItIs ? [] : shipped?.baseline;
  const underTest = own.underTest ? request.patches : shipped?.underTest;
  if (underTest === undefined || baseline === undefined) throw nothingShipped(base);
  const set = {
    underTest: await readPatches(context, underTest),
    baseline: await readPatches(context, baseline),
    shippedBaseline: base.kind === 'debian' && !own.baseline,
  };
  if (base.kind === 'debian' || own.underTest) return set;
  return fitShipped(context, base, set, { baseline: !own.baseline });
}

const shippedFor = (base: Base): ShippedPatches | undefined =>
  base.kind === 'debian'
    ? shippedPatches(base.line)
    : shippedForTree(parseKernelVersion(base.release));

const nothingShipped = ({ spec, release }: Base): RequestError =>
  new RequestError(`pinbench ships no patch for Linux ${release}, which ${spec} is`, {
    hint: 'give the one to test with --patch',
  });
