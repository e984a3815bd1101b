import { hashFile, type Context } from '@pinbench/host';
import type { DebianBase } from './debian-base.ts';
import type { ModuleMaker } from './build.ts';
import { deriveChain } from './chain.ts';
import { headersMaker } from './headers-maker.ts';
import { unpackHeaders } from './headers.ts';
import { unpackImage, type KernelImage } from './image.ts';
import { takeFolder } from './source.ts';
import { swapFolder } from './swap.ts';
import type { SwapGround } from './trees.ts';
import type { BuiltKernel } from './whole/built-kernel.ts';
import type { KernelSource } from './whole/inputs.ts';
import { workspaceMaker } from './whole/module-maker.ts';
import type { Say } from './whole/say.ts';

/** A kernel in which modules are swapped. What it takes is fetched, or made, when it is asked for. */
export type SwapKernel = {
  release: string;
  /** Of vmlinux, where pinbench built it. */
  buildId?: string;
  image: (context: Context) => Promise<KernelImage>;
  ground: (context: Context) => Promise<SwapGround>;
  maker: (context: Context, stage?: Say) => Promise<OpenMaker>;
};

export type OpenMaker = ModuleMaker & {
  compiler: string;
  configSha256: string;
  /** A sentence the user should see. */
  note?: string;
};

/** Debian's own kernel, for which modules are built against its headers. */
export function debianSwapKernel(base: DebianBase): SwapKernel {
  const folder = swapFolder;
  return {
    release: base.release,
    image: (context) => unpackImage(context, base),
    ground: async (context) => {
      const [{ config }, chain] = await Promise.all([
        unpackHeaders(context, base),
        unpackImage(context, base).then((image) => deriveChain(context, image, folder)),
        // Fetched beside them.
        takeFolder(context, base, folder),
      ]);
      return { folder, chain, config };
    },
    maker: async (context) => {
      const headers = await unpackHeaders(context, base);
      const { toolchain, ...maker } = await headersMaker(context, base, headers, folder);
      const { version, root, origin, note } = toolchain;
      return {
        ...maker,
        compiler: root === undefined ? version : `${version}, from ${origin}`,
        configSha256: await hashFile(headers.config),
        ...(note !== undefined && { note }),
      };
    },
  };
}

/** A kernel that pinbench built, for which modules are built in the folder that it was built in. */
export function builtSwapKernel(source: KernelSource, kernel: BuiltKernel): SwapKernel {
  const { release, buildId, image, compiler, configSha256 } = kernel;
  const folder = swapFolder;
  return {
    release,
    buildId,
    image: () => Promise.resolve(image),
    ground: async (context) => ({
      folder,
      chain: await deriveChain(context, image, folder),
      config: image.config,
    }),
    maker: async (context, stage) => ({
      ...(await workspaceMaker(context, source, folder, stage)),
      compiler,
      configSha256,
    }),
  };
}
