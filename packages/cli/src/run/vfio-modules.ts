import type { Context } from '@pinbench/host';
import {
  deriveChain,
  describeModule,
  moduleClosure,
  swapFolder,
  type KernelImage,
} from '@pinbench/kernel';
import { moduleFile, type BuiltModuleInResult, type Variant } from '@pinbench/model';

export type VfioModules = {
  modules: BuiltModuleInResult[];
  files: { name: string; path: string }[];
};

/** The VFIO modules of a kernel that pinbench built, in the order in which they load; none where they are built in. */
export async function vfioModules(
  context: Context,
  image: KernelImage,
  variant: Variant,
): Promise<VfioModules> {
  const names = (await deriveChain(context, image, swapFolder)).map(({ name }) => name);
  const closure = await moduleClosure(context, image, names);
  const own = closure.filter(({ name }) => names.includes(name));
  const described = await Promise.all(own.map(({ file }) => describeModule(context, file)));
  return {
    modules: described.map(({ name, buildId, sha256 }) => ({ name, buildId, sha256 })),
    files: own.map(({ name, file }) => ({ name: moduleFile(variant, name), path: file })),
  };
}
