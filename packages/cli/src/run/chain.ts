import type { Context } from '@pinbench/host';
import { moduleClosure, type Built, type KernelImage } from '@pinbench/kernel';
import { moduleFile, type SwapModules, type Variant } from '@pinbench/model';

/** What the guest loads: the modules under test in both variants, and the rest of the chain as it was shipped. */
export type Chain = { modules: SwapModules; files: { name: string; path: string }[] };

/**
 * Lines the modules up in the order in which they load. What is under test always lies above what is not.
 * @param names the modules that are swapped or that those build on
 */
export async function lineUpChain(
  context: Context,
  image: KernelImage,
  names: readonly string[],
  built: Pick<Built, Variant>,
): Promise<Chain> {
  const underTest = new Set(built.before.map(({ name }) => name));
  const shipped = await moduleClosure(context, image, names);
  const shared = shipped.filter(({ name }) => names.includes(name) && !underTest.has(name));
  const filesOf = (owner: Variant | 'shared', modules: readonly { name: string; file: string }[]) =>
    modules.map(({ name, file }) => ({ name: moduleFile(owner, name), path: file }));
  return {
    modules: {
      before: built.before,
      after: built.after,
      shared: shared.map(({ name }) => name),
    },
    files: [
      ...filesOf('shared', shared),
      ...filesOf('before', built.before),
      ...filesOf('after', built.after),
    ],
  };
}
