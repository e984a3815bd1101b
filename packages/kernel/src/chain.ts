import type { Context } from '@pinbench/host';
import type { KernelImage } from './image.ts';
import { moduleClosure, sameName } from './modules.ts';

/** A module that is taken out and put in between two looks at the same boot, and the modules that it uses. */
export type ChainLink = { name: string; needs: string[] };

/** A device is handed to user space by these; VFIO asks for the one by itself, and for the other when told to. */
const entrances = ['vfio_iommu_type1', 'vfio-pci'];

/**
 * What the kernel loads out of `folder` (drivers/vfio) to hand a device to user space, in the order in which it loads,
 * as the modules say it themselves. Empty where all of it is built in.
 * @throws BenchError when the kernel has neither such modules nor the like built in.
 */
export async function deriveChain(
  context: Context,
  image: KernelImage,
  folder: string,
): Promise<ChainLink[]> {
  const modules = await moduleClosure(context, image, entrances);
  return modules
    .filter(({ place }) => place.startsWith(`kernel/${folder}/`))
    .map(({ name, needs }) => ({ name, needs }));
}

/** The modules that a chain builds on and that lie elsewhere in the kernel. They stay loaded. */
export function besideChain(chain: readonly ChainLink[]): string[] {
  const own = new Set(chain.map(({ name }) => sameName(name)));
  return [...new Set(chain.flatMap(({ needs }) => needs))].filter(
    (need) => !own.has(sameName(need)),
  );
}
