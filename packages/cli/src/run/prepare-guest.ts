import type { Context } from '@pinbench/host';
import {
  buildAgent,
  guestArchive,
  makeInitramfs,
  setupModules,
  setupPlan,
  unpackSysroot,
  unpackTools,
} from '@pinbench/guest';
import {
  besideChain,
  deriveChain,
  moduleClosure,
  swapFolder,
  type KernelImage,
} from '@pinbench/kernel';
import { formatPlan, parseKernelVersion } from '@pinbench/model';

/** What a machine boots, and the packages that it was made of beside the kernel's own. */
export type PreparedGuest = {
  kernel: string;
  initramfs: string;
  packages: { name: string; version: string }[];
};

/** A kernel to boot. `update`: look for newer tools for its guest. */
export type GuestKernel = { image: Promise<KernelImage>; release: string; update: boolean };

/** Makes the initramfs for a kernel: the agent, its tools, the kernel's modules, the plan that sets the machine up. */
export async function prepareGuest(
  context: Context,
  { image: unpacking, release, update }: GuestKernel,
): Promise<PreparedGuest> {
  const archive = guestArchive(context, { update });
  const [image, tools, { agent, sysroot }] = await Promise.all([
    unpacking,
    unpackTools(context, archive),
    agentFor(context, archive),
  ]);
  const chain = await deriveChain(context, image, swapFolder);
  const modules = await moduleClosure(context, image, [...setupModules, ...besideChain(chain)]);
  const initramfs = await makeInitramfs(context, {
    agent,
    tools: tools.folder,
    modules: modules.map(({ file }) => file),
    setupPlan: formatPlan(
      setupPlan(
        modules.map(({ name }) => `/modules/${name}.ko`),
        parseKernelVersion(release),
      ),
    ),
  });
  return {
    kernel: image.vmlinuz,
    initramfs: initramfs.file,
    packages: [...tools.packages, ...sysroot.packages].map(({ name, version }) => ({
      name,
      version,
    })),
  };
}

type GuestArchive = ReturnType<typeof guestArchive>;

async function agentFor(context: Context, archive: GuestArchive) {
  const sysroot = await unpackSysroot(context, archive);
  return { sysroot, agent: await buildAgent(context, sysroot.folder) };
}
