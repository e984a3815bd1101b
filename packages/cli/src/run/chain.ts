import type { Context } from '@pinbench/host';
import {
  deriveChain,
  moduleClosure,
  swapFolder,
  unpackImage,
  type DebianBase,
  type Built,
} from '@pinbench/kernel';
import { moduleFile, type SwapModules, type Variant } from '@pinbench/model';

/** What the guest loads: the modules under test in both variants, and the rest of the chain as it was shipped. */
export type Chain = { modules: SwapModules; files: { name: string; path: string }[] };

/** Lines the modules up in the order in which they load. What is under test always lies above what is not. */
export async function lineUpChain(
  context: Context,
  base: DebianBase,
  built: Built,
): Promise<Chain> {
  const image = await unpackImage(context, base);
  const names = (await deriveChain(context, image, swapFolder)).map(({ name }) => name);
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
