import type { Context } from '@pinbench/host';
import {
  buildAgent,
  makeInitramfs,
  setupModules,
  setupPlan,
  unpackSysroot,
  unpackTools,
} from '@pinbench/guest';
import { moduleClosure, unpackImage, type DebianBase } from '@pinbench/kernel';
import { formatPlan, parseKernelVersion } from '@pinbench/model';

/** What a machine boots, and the packages that it was made of beside the kernel's own. */
export type PreparedGuest = {
  kernel: string;
  initramfs: string;
  packages: { name: string; version: string }[];
};

/** Makes the initramfs for a base: the agent, the tools of its suite, its modules, the plan that sets the machine up. */
export async function prepareGuest(context: Context, base: DebianBase): Promise<PreparedGuest> {
  const [image, tools, { agent, sysroot }] = await Promise.all([
    unpackImage(context, base),
    unpackTools(context, base.archive),
    agentFor(context, base),
  ]);
  const modules = await moduleClosure(context, image, setupModules);
  const initramfs = await makeInitramfs(context, {
    agent,
    tools: tools.folder,
    modules: modules.map(({ file }) => file),
    setupPlan: formatPlan(
      setupPlan(
        modules.map(({ name }) => `/modules/${name}.ko`),
        parseKernelVersion(base.release),
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

async function agentFor(context: Context, base: DebianBase) {
  const sysroot = await unpackSysroot(context, base.archive);
  return { sysroot, agent: await buildAgent(context, sysroot.folder) };
}
