import { RequestError, type Context } from '@pinbench/host';
import { resolveDebianBase, type DebianBase } from './debian-base.ts';
import { isTreeSpec, resolveTreeBase, type TreeBase } from './tree/index.ts';

/** The kernel that a patch is held against. */
export type Base = DebianBase | TreeBase;

export type BaseOptions = {
  /** Look for newer packages than those that were chosen earlier. */
  update?: boolean;
  /** Take uncommitted changes of a git tree along. */
  dirty?: boolean;
  /** The folder that the path of a tree is relative to. */
  from?: string;
};

/**
 * Finds a base by what its user calls it: `debian:LINE`, or `tree:PATH[@REV]`, which is only read.
 * @throws RequestError for an unknown base, or a tree that is not there or not a kernel's. BenchError when the mirror
 * does not answer or has no such packages.
 */
export async function resolveBase(
  context: Context,
  spec: string,
  { update = false, dirty = false, from = process.cwd() }: BaseOptions = {},
): Promise<Base> {
  if (isTreeSpec(spec)) return resolveTreeBase(context, spec, { update, dirty, from });
  if (!dirty) return resolveDebianBase(context, spec, { update });
  throw new RequestError(`--dirty takes uncommitted changes of a git tree, and ${spec} is none`, {
    hint: 'leave --dirty out, or give a tree: --base tree:PATH',
  });
}
